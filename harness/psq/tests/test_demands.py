"""--require and --baseline: a run that verifies less than was asked for is not green, and says what it lacks."""

import json

import pytest
from psq.results.result_file import load

from test_check import driver


def stored(psq, paths, *behaviours):
    path = paths.build / "stored" / "before.jsonl"
    psq("check", driver(paths, *behaviours), "--results", str(path))
    return str(path)


def test_what_is_required_and_verified_conforms(psq, paths):
    status, out, _ = psq("check", driver(paths), "--require", "profile=base,lifecycle")
    assert status == 0, out
    assert load(next(paths.results.iterdir())).unmet == []


def test_a_required_profile_is_verified_whole(psq, paths):
    command = driver(paths, "process.d=unsupported")
    assert psq("check", command)[0] == 0
    status, out, _ = psq("check", command, "--require", "profile=base,lifecycle")
    assert status == 1, out
    assert "required, and not verified of lifecycle: said unsupported: process.d" in out
    assert "not all that was demanded of it holds" in out.splitlines()[-1]
    (path,) = paths.results.iterdir()
    run = load(path)
    assert run.status() == run.end["status"] == 1 and len(run.unmet) == 1
    assert psq("report", str(path), "--junit", "-")[0] == 1
    assert psq("check", command, "--require", "profile=base")[0] == 0


def test_a_required_profile_is_claimed(psq, paths):
    command = driver(paths, "claims=base", "process.d=unsupported")
    status, out, _ = psq("check", command, "--require", "profile=lifecycle")
    assert status == 1
    assert "the profile lifecycle, which the driver does not claim (it claims base)" in out
    # Without a profile, the levels of what is claimed.
    assert psq("check", command, "--require", "level=must")[0] == 0
    less = driver(paths, "queue.get_c=unsupported")
    assert psq("check", less, "--require", "level=must")[0] == 0
    assert psq("check", less, "--require", "level=may")[0] == 1


@pytest.mark.parametrize(
    "options, said",
    [
        (["--require", "base"], "write profile=NAME"),
        (["--require", "profle=base"], "Did you mean profile?"),
        (["--require", "profile=lifecyle"], "Did you mean lifecycle?"),
        (["--require", "level=mst"], "no level"),
        (["--require", "profile=base", "--test", "queue.put.a"], "leaves out"),
        (["--baseline", "/no/such/file"], "cannot read"),
        (["--level", "mst"], "Did you mean must?"),
        (["--shard", "3/2"], "no share"),
        (["--repeat", "0"], "from 1"),
    ],
)
def test_wrong_demands(psq, paths, options, said):
    status, _, err = psq("check", driver(paths), *options)
    assert status == 64 and said in err


def test_what_was_verified_before_is_verified_again(psq, paths):
    before = stored(psq, paths, "queue.get_c=unsupported")
    assert psq("check", driver(paths), "--baseline", before)[0] == 0
    less = driver(paths, "queue.put_b=unsupported", "queue.get_c=unsupported")
    status, out, _ = psq("check", less, "--baseline", before)
    assert status == 1, out
    assert f"verified in {before}, and not by this run: said unsupported: queue.put_b" in out
    assert "queue.get_c" not in out.partition("verified in")[2].partition("\n")[0]
    # A share of the law is held against its share of the baseline.
    assert psq("check", less, "--baseline", before, "--test", "queue.put_a")[0] == 0


def as_file(tmp_path, content):
    path = tmp_path / "baseline.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_a_baseline_is_a_list_of_tests_too(psq, paths, tmp_path):
    made = {"implementation": "misbehaving", "verified": ["queue.put_a", "process.d", "gone.x"]}
    path = as_file(tmp_path, made)
    assert psq("check", driver(paths), "--baseline", path)[0] == 0
    status, out, _ = psq("check", driver(paths, "process.d=unsupported"), "--baseline", path)
    assert status == 1 and "said unsupported: process.d" in out


@pytest.mark.parametrize(
    "content, said",
    [
        ({"implementation": "misbehaving"}, "neither a result file"),
        ({"implementation": "misbehaving", "verified": "all"}, "neither a result file"),
        ({"implementation": "misbehaving", "verified": []}, "nothing was verified"),
        ({"implementation": "misbehaving", "verified": ["x.y"]}, "another law"),
        ({"implementation": "other", "verified": ["process.d"]}, "is of the implementation other"),
        ("no json", "no result of psq"),
    ],
)
def test_a_baseline_that_is_none_is_refused(psq, paths, tmp_path, content, said):
    status, _, err = psq("check", driver(paths), "--baseline", as_file(tmp_path, content))
    assert status == 64 and said in err
    assert not paths.results.exists() or not any(paths.results.iterdir())
