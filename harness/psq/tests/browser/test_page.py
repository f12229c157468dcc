"""The page of a report in a real browser: what it shows, what it keeps, who can use it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from accessibility import violations

BROKEN = "queue.put.full-after-timeout"
SHOWN = (
    "[...document.querySelectorAll('tr.clause')].filter(each => !each.hidden).map(each => each.id)"
)
# Does something, and waits until the page has taken the new address.
NEXT_ADDRESS = (
    "(act => new Promise(done => { addEventListener('hashchange', done, {once: true}); act(); }))"
)
ENTER = ("Enter", 13, "\r")
TAB = ("Tab", 9, "")


def opened(page, clause):
    return page.evaluate(
        f"document.getElementById('more-{clause}').firstElementChild.checkVisibility()"
    )


def size_of(page, selector):
    box = page.evaluate(f"document.querySelector({selector!r}).getBoundingClientRect().toJSON()")
    return box["width"], box["height"]


@pytest.mark.parametrize(
    "width, scheme", [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_it_keeps_wcag_at_each_width_and_in_the_dark(chromium, site, width, scheme):
    chromium.size(width, 800)
    chromium.prefer(scheme)
    chromium.open((site / "report.html").as_uri() + f"#verdict=fail&open={BROKEN}")
    assert opened(chromium, BROKEN)
    assert violations(chromium) == []
    assert chromium.evaluate("document.documentElement.scrollWidth") == width
    assert chromium.complaints == []


# Results such as "unsupported"; what was seen may be a sentence.
BROKEN_RESULTS = """[...document.querySelectorAll('td .verdict')].filter(each =>
  /^\\S+ \\S+$/.test(each.textContent.trim()) &&
  new Set([...each.getClientRects()].map(line => line.top)).size > 1).map(each => each.textContent)"""


def test_results_of_many_implementations_can_be_read(chromium, site):
    """The matrix alone is scrolled, and the clauses stay beside it."""
    chromium.size(1280, 800)
    chromium.open((site / "many.html").as_uri())
    assert chromium.evaluate("document.querySelectorAll('thead th').length") == 10
    assert chromium.evaluate(BROKEN_RESULTS) == []
    assert chromium.evaluate("document.documentElement.scrollWidth") == 1280
    left = "document.querySelector('tr.clause th').getBoundingClientRect().left"
    before = chromium.evaluate(left)
    assert chromium.evaluate("(document.querySelector('.matrix').scrollLeft = 200)") == 200
    assert chromium.evaluate(left) == before
    assert violations(chromium) == []


def test_the_answer_fits_one_screen(page):
    title = page.evaluate("document.querySelector('h1').textContent")
    assert title.startswith("does not conform: faulty:put-full-early and ")
    assert title.endswith("; conforms: reference")
    assert page.evaluate("document.querySelector('.subjects').getBoundingClientRect().bottom") < 800
    counts = page.evaluate("document.querySelector('.subject').innerText")
    assert re.search(r"\d+ pass", counts)
    assert not re.search(r"^\W*0 ", counts, re.MULTILINE)


def test_a_filter_is_in_the_address_and_comes_back_with_it(page, site):
    everything = page.evaluate(SHOWN)
    page.evaluate("document.querySelector('[name=q]').focus()")
    page.type("full timeout")
    narrowed = page.evaluate(SHOWN)
    assert BROKEN in narrowed and len(narrowed) < len(everything)
    page.evaluate(
        "document.querySelector('[name=verdict]').value = 'fail';"
        "document.querySelector('form').dispatchEvent(new Event('input'))"
    )
    failing = page.evaluate(SHOWN)
    assert BROKEN in failing and len(failing) < len(narrowed)
    address = page.evaluate("location.href")
    page.open(address)
    assert page.evaluate(SHOWN) == failing
    assert page.evaluate("document.querySelector('[name=q]').value") == "full timeout"
    page.evaluate("document.querySelector('[type=reset]').click()")
    page.evaluate("new Promise(done => setTimeout(done))")
    assert page.evaluate(SHOWN) == everything


def test_each_filter_shows_what_it_names(page):
    facts = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('tr.clause')].map(each =>"
        " [each.id, [each.dataset.level, each.dataset.profile, 'differs' in each.dataset]]))"
    )

    def shown(hash):
        page.evaluate(f"{NEXT_ADDRESS}(() => {{ location.hash = {hash!r} }})")
        return set(page.evaluate(SHOWN))

    assert shown("level=OBSERVED") == {id for id, fact in facts.items() if fact[0] == "OBSERVED"}
    assert shown("profile=lifecycle") == {
        id for id, fact in facts.items() if fact[1] == "lifecycle"
    }
    assert shown("differs=1") == {id for id, fact in facts.items() if fact[2]}
    assert BROKEN in shown("verdict=fail&of=0") and BROKEN not in shown("verdict=fail&of=1")


def test_a_link_to_a_clause_opens_it(page):
    assert not opened(page, BROKEN)
    link = f"document.querySelector('.broken a[href=\"#{BROKEN}\"]')"
    page.evaluate(f"{NEXT_ADDRESS}(() => {link}.click())")
    assert opened(page, BROKEN)
    top = page.evaluate(f"document.getElementById('{BROKEN}').getBoundingClientRect().top")
    assert 0 <= top < 800


def test_a_row_is_opened_by_the_keyboard(page):
    page.evaluate(f"document.querySelector('[aria-controls=\"more-{BROKEN}\"]').focus()")
    page.press(*ENTER)
    assert opened(page, BROKEN)
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert page.evaluate("location.hash") == f"#open={BROKEN}"
    page.press(*TAB)  # into what was opened
    assert page.evaluate(
        f"document.getElementById('more-{BROKEN}').contains(document.activeElement)"
    )


def test_a_failure_shows_its_card_picture_evidence_and_replay_line(page, site):
    page.open((site / "report.html").as_uri() + f"#{BROKEN}")
    more = f"document.getElementById('more-{BROKEN}')"
    card = page.evaluate(f"{more}.querySelector('pre').textContent")
    assert card.startswith(f"FAIL  {BROKEN}") and "<-- here" in card
    assert page.evaluate(f"{more}.querySelectorAll('svg rect').length") > 1
    replay = page.evaluate(f"{more}.querySelector('.copyable code').textContent")
    assert replay == f"psq check faulty:put-full-early --test '{BROKEN}' --seed 7"
    files = page.evaluate(
        f"[...{more}.querySelectorAll('.files a')].map(each => each.getAttribute('href'))"
    )
    assert any(file.endswith("history.jsonl") for file in files)
    assert all((site / unquote(file)).is_file() for file in files)
    page.call("Browser.grantPermissions", permissions=["clipboardReadWrite"])
    page.evaluate(f"{more}.querySelector('.copy').click()")
    assert page.evaluate("navigator.clipboard.readText()") == replay


def test_a_lack_has_its_reason_on_the_row(page):
    row = page.evaluate("document.getElementById('process.exit-code.values').innerText")
    assert "unsupported" in row and "does not" in row


def test_what_is_left_open_is_no_pass(page):
    row = page.evaluate("document.getElementById('failure.kill.joiner-others').outerHTML")
    assert row.count("verdict seen") == 2 and "survivors go on" in row
    assert "verdict good" not in row


def test_what_a_driver_wrote_is_text(page, site):
    page.open((site / "report.html").as_uri() + f"#{BROKEN}")
    text = page.evaluate("document.body.textContent")
    assert "hostile <script>window.hacked = 1</script><img src=x" in text
    assert "\u241b[31m" in text and "\\u009b31m\\u202e" in text and "log \\xff\\xfe<script>" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert page.evaluate("'hacked' in window") is False
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    assert page.complaints == []


def test_nothing_but_its_own_script_would_run(page):
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked = 1\">')"
    )
    page.evaluate("new Promise(done => setTimeout(done, 50))")
    assert page.evaluate("'hacked' in window") is False
    assert any("Content Security Policy" in each for each in page.complaints)


def test_it_needs_no_network(site):
    for file in [site / "report.html", *(site / "index").iterdir()]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(
            r"<(link|script|img|iframe)[^>]* (src|href)=|@import|url\(", text
        ), file


def test_it_prints_what_failed(page, site):
    assert not opened(page, BROKEN)
    page.prefer("light", "print")
    assert opened(page, BROKEN) and not opened(page, "process.exit-code.values")
    assert size_of(page, "form.filters") == (0, 0)


def test_the_index_has_the_history_of_each_clause(chromium, site):
    chromium.size(1280, 800)
    chromium.prefer("dark")
    chromium.open((site / "index" / "index.html").as_uri() + f"#q={BROKEN}&open={BROKEN}")
    row = f"document.getElementById('{BROKEN}')"
    strips = chromium.evaluate(
        f"[...{row}.querySelectorAll('svg.strip')].map(each => each.getAttribute('aria-label'))"
    )
    assert strips == ["2 runs: 1 fail, 1 pass"]
    more = chromium.evaluate(f"document.getElementById('more-{BROKEN}').innerText")
    assert (
        "2020-01-01" not in more and "from fail to" in more
    )  # the day of the change is that of the newer run
    links = chromium.evaluate(
        f"[...document.querySelectorAll('.subject a, #more-{BROKEN} a')].map(each => each.getAttribute('href'))"
    )
    pages = {unquote(link.partition("#")[0]) for link in links if not link.startswith("#")}
    assert len(pages) == 4 and all((site / "index" / each).is_file() for each in pages)
    assert violations(chromium) == []
    chromium.open((site / "index" / "index.html").as_uri() + "#changed=1")
    assert chromium.evaluate(SHOWN) == [BROKEN]


def test_a_page_of_the_index_finds_its_evidence(site):
    (faulty,) = (site / "index").glob("faulty-put-full-early-*.html")
    files = re.findall(r'<a href="([^"#]*history\.jsonl)"', faulty.read_text(encoding="utf-8"))
    assert files and all((Path(faulty.parent) / unquote(each)).is_file() for each in files)
