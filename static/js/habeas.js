/* Small comforts. Every page is complete without this file; each part looks for its own data attribute. */
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/* data-takes-focus: the error summary, after a form came back. */
all("[data-takes-focus]").slice(0, 1).forEach((summary) => summary.focus());

/* data-arrived: where an address leads to it, it has said what it says; the address forgets it, so that whoever is sent
   the address is not told the same. */
window.addEventListener("load", () => {
  if (document.querySelector("[data-arrived]:target")) history.replaceState(null, "", location.pathname);
});

/* data-filters="#list": buttons with data-filter show only the entries with that data-kind; "" shows all. */
all("[data-filters]").forEach((filters) => {
  const list = document.querySelector(filters.dataset.filters);
  if (!list) return;
  filters.hidden = false;
  filters.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-filter]");
    if (!chosen) return;
    const kind = chosen.dataset.filter;
    all("[data-filter]", filters).forEach((button) => button.setAttribute("aria-pressed", String(button === chosen)));
    all("[data-kind]", list).forEach((entry) => { entry.hidden = kind !== "" && entry.dataset.kind !== kind; });
    all("[data-group]", list).forEach((group) => { group.hidden = !group.querySelector("[data-kind]:not([hidden])"); });
  });
});

/* data-copy="#element": copies its text or value and says so (data-copied). */
all("[data-copy]").forEach((button) => {
  const from = document.querySelector(button.dataset.copy);
  if (!from || !navigator.clipboard) return;
  const said = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(from.value || from.textContent.trim());
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = said; }, 4000);
  });
});

/* data-share: shown where the device can share; takes its text from data-share-text="#field" and data-share-url.
   Then it is the one filled button, and a copy button that was filled (data-yields) steps back. */
all("[data-share]").forEach((button) => {
  if (!navigator.share) return;
  button.hidden = false;
  all("[data-yields]").forEach((other) => other.classList.remove("button--primary"));
  button.addEventListener("click", () => {
    const field = document.querySelector(button.dataset.shareText);
    navigator.share({ text: field ? field.value : document.title, url: button.dataset.shareUrl }).catch(() => {});
  });
});

/* data-message: what is typed there replaces the message it came with in every link within data-message-links. */
all("[data-message]").forEach((field) => {
  const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const links = all("[data-message-links] a").map((link) => [link, link.getAttribute("href")]);
  field.addEventListener("input", () => links.forEach(([link, href]) => {
    link.setAttribute("href", href.split(encode(field.defaultValue)).join(encode(field.value)));
  }));
});

/* data-count="…/count.json": the figure and the bar follow, every 15 seconds while the page is looked at. */
all("[data-count]").forEach((place) => {
  const figure = place.querySelector("[data-count-figure]");
  const bar = place.querySelector("progress");
  const format = new Intl.NumberFormat(document.documentElement.lang);
  const follow = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(place.dataset.count, { credentials: "omit" });
      const { total } = await answer.json();
      if (!Number.isInteger(total)) return;
      figure.textContent = format.format(total);
      if (bar) bar.value = total;
    } catch { /* away for a moment; the figure from the page stays */ }
  };
  setInterval(follow, 15000);
});

/* A link to a numbered source opens the folded list it leads into (older browsers do not do it themselves). */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const fold = link && document.getElementById(link.hash.slice(1))?.closest("details");
  if (fold) fold.open = true;
});
