/* The board: cards are moved with the pointer (a finger holds one for a moment first) or from the menu beside each. Loaded
   for those who may act; without it a card's menu is a link to the form. */
(() => {
  "use strict";
  const byId = id => document.getElementById(id);
  const board = () => byId("board");
  const menu = () => byId("move-to");
  const HOLD = 250, SLIP = 8, EDGE = 48;

  /* a card stands in the column that it names; the columns count with it */
  const count = (column, by) => {
    const number = column.querySelector("h3 small").firstChild;
    number.data = (parseInt(number.data.replace(/\D/g, ""), 10) + by).toLocaleString("en");
  };
  const put = (tile, column) => {
    const from = tile.closest(".column");
    if (!column || from === column) return;
    if (from) count(from, -1);
    count(column, 1);
    column.querySelector(".cards-list").prepend(tile);
  };
  const settle = () => {
    for (const tile of byId("moving")?.querySelectorAll(".tile") ?? []) {
      const old = board()?.querySelector(`#${CSS.escape(tile.id)}`);
      if (old) old.replaceWith(tile); else tile.remove();
    }
    for (const tile of board()?.querySelectorAll(".tile[data-stage]") ?? []) put(tile, byId(`column-${tile.dataset.stage}`));
  };

  const move = (tile, column) => {
    if (!column || column.id === `column-${tile.dataset.stage}`) return;
    const values = { application: tile.id.slice(2), stage: column.id.slice(7), expected: tile.dataset.here };
    put(tile, column);
    tile.classList.add("pending");
    htmx.ajax("POST", board().dataset.moveTo, { source: tile, target: tile, swap: "outerHTML", values });
  };
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(kind, ({ target }) => {
    if (target.matches?.(".tile")) { target.classList.remove("pending"); settle() }
  });
  document.addEventListener("htmx:afterSwap", settle);

  /* the menu beside a card; one for all of them */
  let chosen = null;
  document.addEventListener("click", event => {
    const opener = event.target.closest("[data-move]"), choice = event.target.closest("[data-to]");
    if (opener && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      chosen = opener.closest(".tile");
      menu().querySelectorAll("[data-to]").forEach(each => { each.disabled = each.dataset.to === chosen.dataset.stage });
      byId("move-form").href = opener.href;
      menu().showPopover();
      const at = opener.getBoundingClientRect(), { width, height } = menu().getBoundingClientRect();
      menu().style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
      menu().style.top = `${Math.max(8, Math.min(at.bottom + 4, innerHeight - height - 8))}px`;
      menu().querySelector("button:enabled")?.focus();
    }
    if (choice && chosen) { menu().hidePopover(); move(chosen, byId(`column-${choice.dataset.to}`)) }
  });
  document.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !menu()?.matches(":popover-open")) return;
    event.preventDefault();
    const all = [...menu().querySelectorAll("button:enabled, a")];
    all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
  });

  const tally = () => { const count = board().querySelectorAll(".pick :checked").length; byId("picked").textContent = count ? `: ${count}${count > 200 ? ", 200 are the most" : ""}` : "" };
  document.addEventListener("change", ({ target }) => { if (target.closest(".pick")) tally() });
  document.addEventListener("reset", ({ target }) => { if (target.id === "batch") setTimeout(tally) });

  /* dragging */
  let held = null;
  const lift = () => {
    const { tile, x, y } = held, at = tile.getBoundingClientRect();
    held.ghost = tile.cloneNode(true);
    held.ghost.removeAttribute("id");
    held.ghost.classList.add("ghost");
    held.ghost.setAttribute("aria-hidden", "true");
    Object.assign(held.ghost.style, { inlineSize: `${at.width}px`, left: `${at.left}px`, top: `${at.top}px` });
    held.from = { x, y };
    document.body.append(held.ghost);
    tile.classList.add("held");
  };
  const over = column => document.querySelectorAll(".column").forEach(each => each.classList.toggle("over", each === column));
  const drag = ({ clientX: x, clientY: y }) => {
    held.ghost.style.translate = `${x - held.from.x}px ${y - held.from.y}px`;
    held.column = document.elementFromPoint(x, y)?.closest(".column") ?? null;
    over(held.column);
    const at = board().getBoundingClientRect();
    if (x > at.right - EDGE) board().scrollLeft += 12; else if (x < at.left + EDGE) board().scrollLeft -= 12;
  };
  const drop = dropped => {
    if (!held) return;
    clearTimeout(held.timer);
    const { tile, ghost, column } = held;
    held = null;
    if (!ghost) return;
    ghost.remove();
    over(null);
    tile.classList.remove("held");
    addEventListener("click", event => { event.preventDefault(); event.stopPropagation() }, { capture: true, once: true, signal: AbortSignal.timeout(50) });
    if (dropped) move(tile, column);
  };
  document.addEventListener("pointerdown", event => {
    const tile = event.target.closest(".board .tile[data-stage]");
    if (!tile?.querySelector("[data-move]") || event.button || held || event.target.closest("[data-move], input, label")) return;
    held = { tile, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch" };
    if (held.touch) held.timer = setTimeout(lift, HOLD);
  });
  document.addEventListener("pointermove", event => {
    if (!held) return;
    if (held.ghost) return drag(event);
    if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < SLIP) return;
    if (held.touch) drop(false); else { lift(); drag(event) }
  });
  document.addEventListener("pointerup", () => drop(true));
  document.addEventListener("pointercancel", () => drop(false));
  document.addEventListener("keydown", event => { if (event.key === "Escape" && held) drop(false) });
  document.addEventListener("touchmove", event => { if (held?.ghost) event.preventDefault() }, { passive: false });
  document.addEventListener("dragstart", event => { if (event.target.closest(".tile")) event.preventDefault() });
  document.addEventListener("contextmenu", event => { if (held?.touch) event.preventDefault() });
})();
