"use strict";
// Filters the matrix, opens its rows, and keeps both in the address: #verdict=fail&open=queue.put.full-after-timeout, or
// only the name of a clause. Without a script the page shows everything.
const form = document.querySelector("form.filters");
const rows = [...document.querySelectorAll("tr.clause")].map((row) => ({
  row,
  more: row.nextElementSibling,
  inner: row.nextElementSibling.querySelector("div"),
  button: row.querySelector("button.open"),
  verdicts: row.dataset.verdicts.split("|"),
  text: "",
}));
const byId = new Map(rows.map((each) => [each.row.id, each]));
const NAMES = ["q", "level", "profile", "verdict", "of"];
const CHECKS = ["differs", "changed"];

const isOpen = (each) => each.button.getAttribute("aria-expanded") === "true";

function setOpen(each, open) {
  each.button.setAttribute("aria-expanded", String(open));
  each.more.classList.toggle("opened", open);
  if (open) each.inner.removeAttribute("hidden");
  else each.inner.setAttribute("hidden", "until-found");  // the browser's own search still finds it
}

function textOf(each) {
  each.text = each.text || (each.row.textContent + " " + each.more.textContent).toLowerCase();
  return each.text;
}

function wanted() {
  const control = (name) => form.elements[name] || { value: "", checked: false };
  return Object.fromEntries([
    ...NAMES.map((name) => [name, control(name).value]),
    ...CHECKS.map((name) => [name, control(name).checked ? "1" : ""]),
  ]);
}

function matches(each, want) {
  const { level, profile } = each.row.dataset;
  const verdicts = want.of === "" ? each.verdicts : [each.verdicts[Number(want.of)]];
  return (!want.level || level === want.level)
    && (!want.profile || profile === want.profile)
    && (!want.verdict || verdicts.includes(want.verdict))
    && CHECKS.every((name) => !want[name] || name in each.row.dataset)
    && want.q.toLowerCase().split(/\s+/).every((word) => !word || textOf(each).includes(word));
}

function filter() {
  const want = wanted();
  let shown = 0;
  for (const each of rows) {
    const hide = !matches(each, want);
    each.row.hidden = each.more.hidden = hide;
    shown += hide ? 0 : 1;
  }
  form.elements.shown.value = `${shown} of ${rows.length} clauses`;
}

// Writes the state into the address; a step back leaves the page, not the last filter.
function remember() {
  const state = new URLSearchParams(Object.entries(wanted()).filter(([, value]) => value));
  const open = rows.filter(isOpen).map((each) => each.row.id);
  if (open.length) state.set("open", open.join(","));
  history.replaceState(null, "", "#" + state);
}

function recall() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const state = new URLSearchParams(hash.includes("=") ? location.hash.slice(1) : "");
  for (const name of [...NAMES, ...CHECKS]) {
    const control = form.elements[name];
    if (!control) continue;
    if (control.type === "checkbox") control.checked = state.has(name);
    else control.value = state.get(name) || "";
  }
  const named = byId.has(hash) ? [hash] : (state.get("open") || "").split(",");
  for (const each of rows) setOpen(each, named.includes(each.row.id));
  filter();
  const first = byId.get(named[0]);
  if (first) first.row.scrollIntoView();
  else if (state.toString()) document.getElementById("matrix").scrollIntoView();
}

function toggle(each) {
  setOpen(each, !isOpen(each));
  remember();
}

function copy(button) {
  const code = button.parentElement.querySelector("code");
  const said = (text) => { button.textContent = text; };
  const select = () => { getSelection().selectAllChildren(code); said("selected"); };
  if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(() => said("copied"), select);
  else select();
}

for (const each of rows) {
  each.row.addEventListener("click", (event) => {
    const elsewhere = event.target.closest("a") || String(getSelection());
    if (event.target.closest("button.open") || !elsewhere) toggle(each);
  });
  each.inner.addEventListener("beforematch", () => toggle(each));
}
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => { filter(); remember(); });
form.addEventListener("reset", () => setTimeout(() => { filter(); remember(); }));
addEventListener("hashchange", recall);
recall();
