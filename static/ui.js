/* What the pages do beyond HTML; all of them work without it. Loaded before the first paint, so that the theme never flashes. */
(() => {
  "use strict";
  const root = document.documentElement;
  const byId = id => document.getElementById(id);

  const recall = name => { try { return localStorage.getItem(name) } catch { return null } };
  const keep = (name, value) => { try { localStorage.setItem(name, value) } catch { /* a browser that keeps nothing forgets it */ } };

  /* the theme follows the system unless somebody chose */
  const paint = () => {
    const theme = recall("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme; else delete root.dataset.theme;
    document.querySelectorAll("[name=theme]").forEach(radio => { radio.checked = radio.value === (root.dataset.theme ?? "system") });
    document.querySelectorAll("[data-keys]").forEach(box => { box.checked = recall("keys") !== "off" });
  };
  paint();
  for (const kind of ["DOMContentLoaded", "pageshow", "storage"]) addEventListener(kind, paint);
  document.addEventListener("change", ({ target }) => {
    if (target.name === "theme") { keep("theme", target.value); paint() }
    if (target.matches("[data-keys]")) keep("keys", target.checked ? "on" : "off");
  });

  /* what is said aloud: emptied first, so that the same words are heard twice */
  const say = words => { const region = byId("said"); if (region) { region.textContent = ""; setTimeout(() => { region.textContent = words }, 60) } };

  /* copying; a page without HTTPS has no clipboard but the old command */
  const copyOld = text => {
    const area = document.createElement("textarea");
    area.value = text; area.className = "unseen"; document.body.append(area); area.select();
    const done = document.execCommand("copy"); area.remove(); return done;
  };
  const copy = async button => {
    const source = byId(button.dataset.copyFrom ?? "");
    const text = source ? source.value ?? source.textContent : button.dataset.copy;
    const done = navigator.clipboard ? await navigator.clipboard.writeText(text).then(() => true, () => copyOld(text)) : copyOld(text);
    button.focus();
    say(done ? "Copied" : "Not copied: this browser does not allow it");
    if (done) { button.classList.add("copied"); setTimeout(() => button.classList.remove("copied"), 1500) }
  };

  const reveal = button => {
    const field = byId(button.dataset.reveal), hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.setAttribute("aria-pressed", String(hidden));
  };
  const dismiss = button => { button.closest(".toast, .notice").remove(); byId("main")?.focus({ preventScroll: true }) };
  const closeMenus = inside => document.querySelectorAll(".menu[open]").forEach(menu => { if (!inside || !menu.contains(inside)) menu.open = false });

  document.addEventListener("click", ({ target }) => {
    closeMenus(target);
    const button = target.closest("[data-copy], [data-copy-from], [data-reveal], [data-dismiss]");
    if (!button) return;
    if (button.matches("[data-reveal]")) reveal(button); else if (button.matches("[data-dismiss]")) dismiss(button); else copy(button);
  });

  const writing = node => Boolean(node?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") { const menu = document.querySelector(".menu[open]"); if (menu) { menu.open = false; menu.querySelector("summary").focus() } return }
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || recall("keys") === "off" || writing(event.target)) return;
    const box = document.querySelector(".top [type=search]");
    if (box) { event.preventDefault(); box.focus(); box.select() }
  });

  /* a path is lit on both sides while one side is pointed at or focused; without this the links jump to it */
  const light = (node, on) => { const hit = node.closest?.("[data-path]"); if (hit) document.querySelectorAll(`[data-path="${CSS.escape(hit.dataset.path)}"]`).forEach(each => each.classList.toggle("lit", on)) };
  for (const [kind, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) document.addEventListener(kind, event => light(event.target, on));

  /* polling rests while the tab is hidden, and while a swap would take away what somebody types, chose or marked */
  const disturbed = target => {
    const marked = getSelection();
    return (target.contains(document.activeElement) && writing(document.activeElement)) || target.querySelector(".menu[open]") !== null
      || (marked.type === "Range" && target.contains(marked.anchorNode));
  };
  document.addEventListener("htmx:beforeRequest", event => {
    const { elt, target, requestConfig } = event.detail;
    const polls = !requestConfig.triggeringEvent && (elt.getAttribute("hx-trigger") ?? "").includes("every ");
    if (polls && (document.hidden || disturbed(target))) event.preventDefault();
  });

  /* a whole page never lands inside a fragment: it is gone to, or, being an error, said */
  const trouble = () => {
    const note = byId("trouble");
    if (!note || byId("toasts").querySelector(".trouble")) return;
    byId("toasts").append(note.content.cloneNode(true));
    say(byId("toasts").querySelector(".trouble p").textContent);
  };
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(kind, trouble);

  /* a swap keeps open what was open, and focus where it was or at the part that was swapped */
  let before = null;
  const remember = target => {
    const focused = target.contains(document.activeElement) ? document.activeElement : null;
    before = { folds: [...target.querySelectorAll("details[id]")].map(({ id, open }) => [id, open]), focus: focused && [focused.id, target.id] };
  };
  const restore = () => {
    if (!before) return;
    const { folds, focus } = before;
    before = null;
    for (const [id, open] of folds) { const fold = byId(id); if (fold) fold.open = open }
    if (!focus || document.activeElement !== document.body) return;
    const place = focus.map(byId).find(Boolean) ?? byId("main");
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  document.addEventListener("htmx:beforeSwap", event => {
    const { xhr, target, requestConfig } = event.detail;
    if (!/^\s*<!doctype html/i.test(xhr.responseText) || requestConfig.elt.closest("[hx-select]")) return event.detail.shouldSwap ? remember(target) : undefined;
    event.detail.shouldSwap = false;
    if (xhr.status < 400) location.assign(xhr.responseURL); else trouble();
  });
  document.addEventListener("htmx:afterSwap", restore);

  /* the dialog opens when something was put into it, and is empty when it closes */
  const dialog = () => byId("dialog");
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== dialog()) return;
    if (!dialog().open) { closeMenus(); dialog().showModal() }
    (dialog().querySelector("[aria-invalid=true]") ?? dialog().querySelector("[autofocus]"))?.focus();
  });
  document.addEventListener("click", ({ target }) => { if (target === dialog() || target.closest("[data-close]")) dialog().close() });
  document.addEventListener("close", ({ target }) => { if (target === dialog()) target.replaceChildren() }, true);

  let lastSaid = "";
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    const words = (target.matches?.("[data-said]") ? target : target.querySelector?.("[data-said]"))?.textContent.trim().replace(/\s+/g, " ");
    if (words && words !== lastSaid) say(lastSaid = words);
    if (byId("toasts")) byId("toasts").querySelector(".trouble")?.remove();
  });
})();
