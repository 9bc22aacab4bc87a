// Comfort only: every page works without this file.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open], details.more[open]").forEach((one) => one.removeAttribute("open"));
    const found = document.getElementById("found");
    if (found) found.replaceChildren();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (field) {
    event.preventDefault();
    field.focus();
  }
});
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open], details.more[open]").forEach((one) => {
    if (!one.contains(event.target)) one.removeAttribute("open");
  });
});
// Faults of a form are pages fit to be shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422 || event.detail.xhr.status === 400) event.detail.shouldSwap = true;
});
// Whoever is sent to another page asks nothing more of this one: an answer that sends there again would break off the way.
let leaving = false;
document.addEventListener("htmx:beforeOnLoad", (event) => {
  leaving = leaving || Boolean(event.detail.xhr.getResponseHeader("HX-Redirect"));
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (leaving) event.preventDefault();
});
window.addEventListener("pageshow", () => {
  leaving = false;
});
// Under the pointer or the focus, what flows in and out of a touchpoint is lit.
document.querySelectorAll(".journey-map").forEach((map) => {
  const light = (name) => {
    map.classList.toggle("dimmed", Boolean(name));
    map.querySelectorAll(".flow").forEach((flow) => flow.classList.toggle("lit", name === flow.dataset.from || name === flow.dataset.to));
    const near = new Set([name]);
    map.querySelectorAll(".flow.lit").forEach((flow) => near.add(flow.dataset.from).add(flow.dataset.to));
    map.querySelectorAll(".touchpoint").forEach((one) => one.classList.toggle("lit", near.has(one.dataset.touchpoint)));
  };
  map.querySelectorAll(".touchpoint").forEach((one) => {
    ["pointerenter", "focus"].forEach((kind) => one.addEventListener(kind, () => light(one.dataset.touchpoint)));
    ["pointerleave", "blur"].forEach((kind) => one.addEventListener(kind, () => light("")));
  });
});
// A chosen touchpoint is brought into the frame of a map that is wider than the page.
document.querySelectorAll(".journey-map .touchpoint.selected").forEach((one) => {
  const frame = one.closest(".scroll"), box = one.getBoundingClientRect(), seen = frame.getBoundingClientRect();
  frame.scrollLeft += box.left + box.width / 2 - seen.left - seen.width / 2;
});
