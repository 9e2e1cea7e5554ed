"use strict";
// Keeps a page fresh: asks for the page itself again and again, and changes only what differs, so
// that a reader keeps the place: what is scrolled to, focused, selected, folded away and typed in
// the address. The page says all there is to say without this.
(() => {
  const PACE_MS = 3_000;
  const PACE_MAX_MS = 30_000;
  // A page that takes long to make is asked for less often: it is made a tenth of the time at most.
  const SHARE = 10;
  const PATIENCE_MS = 10_000;
  // After this, a form that was sent and led nowhere is taken for lost.
  const SUBMISSION_MS = 30_000;
  const PAUSED = "deploysim-paused";

  const role = document.body.dataset.role;
  const find = (id) => document.getElementById(id);
  const [age, trouble, pause] = ["age", "trouble", "pause"].map(find);

  let timer, due, seenAt = performance.now(), tookMs = 0, failures = 0;
  let isPaused = remembered(), isAsking = false, isSubmitting = false;

  // A browser may refuse to remember anything.
  function remembered() {
    try { return sessionStorage.getItem(PAUSED) === "yes"; } catch { return false; }
  }
  function remember() {
    try { sessionStorage.setItem(PAUSED, isPaused ? "yes" : "no"); } catch { /* Only this page knows, then. */ }
  }

  // --- What is changed, and what is left alone ---

  function isSelected(node) {
    const selection = getSelection();
    return !selection.isCollapsed && selection.containsNode(node, true);
  }
  const isInUse = (node) => node.contains(document.activeElement) || isSelected(node);

  // Nodes by what makes them the same from one page to the next: their id, or their place among
  // those of their kind.
  function named(nodes) {
    const counts = new Map();
    return [...nodes].map((node) => {
      const kind = `${node.nodeName} ${node.id ?? ""}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      return [`${kind} ${counts.get(kind)}`, node];
    });
  }

  // Makes a node what another one is. Text that is selected stays until it no longer is.
  function become(old, fresh) {
    if (old.nodeType === Node.TEXT_NODE) {
      if (old.data !== fresh.data && !isSelected(old)) old.data = fresh.data;
      return;
    }
    // Whether details are open is the reader's choice.
    const isOurs = (name) => name !== "open";
    for (const { name } of [...old.attributes]) {
      if (isOurs(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (isOurs(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    becomeWithin(old, fresh);
  }

  // What is gone but in use, a form for instance, stays until it no longer is.
  function becomeWithin(old, fresh) {
    const known = new Map(named(old.childNodes));
    const wanted = named(fresh.childNodes);
    const names = new Set(wanted.map(([name]) => name));
    const kept = new Set();
    for (const [name, node] of known) {
      if (names.has(name)) continue;
      if (!isInUse(node)) {
        node.remove();
        continue;
      }
      kept.add(node);
      if (node.nodeType === Node.ELEMENT_NODE) {
        node.dataset.stale = "";
        node.title = "No longer so: kept while you use it";
      }
    }
    let at = old.firstChild;
    for (const [name, node] of wanted) {
      while (kept.has(at)) at = at.nextSibling;
      const same = known.get(name);
      if (same === undefined) {
        old.insertBefore(document.importNode(node, true), at);
        continue;
      }
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      become(same, node);
    }
  }

  // Remembers what is at the top of the window; returns how to bring it back there.
  function holdPlace() {
    if (scrollY === 0) return () => {};
    const tops = [...document.querySelectorAll("main tr, main summary, main dt")]
      .map((node) => [node, node.getBoundingClientRect()])
      .filter(([, box]) => box.bottom > 0 && box.top < innerHeight && box.height > 0);
    return () => {
      const held = tops.find(([node]) => node.isConnected);
      if (held) scrollBy(0, held[0].getBoundingClientRect().top - held[1].top);
    };
  }

  function show(fresh) {
    const focused = document.activeElement;
    const bringBack = holdPlace();
    for (const place of ["title", "h1", "#made", "main"]) {
      become(document.querySelector(place), fresh.querySelector(place));
    }
    bringBack();
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  }

  // --- What is said of it ---

  const seconds = (ms) => `${Math.max(0, Math.round(ms / 1000))} s`;

  // What grows old by the second is for the eye; a screen reader is told of trouble, once.
  function tell() {
    const now = performance.now();
    const ago = `${seconds(now - seenAt)} ago`;
    let text = `updated ${ago}`;
    if (isPaused) text = "paused";
    else if (failures > 0) text = isAsking ? `last seen ${ago}; trying again` : `last seen ${ago}; trying again in ${seconds(due - now)}`;
    if (age.textContent !== text) age.textContent = text;
    pause.textContent = isPaused ? "Resume" : "Pause";
  }

  function tellTrouble(text) {
    if (trouble.textContent !== text) trouble.textContent = text;
    trouble.hidden = text === "";
  }

  // --- When it is asked for ---

  // Nothing is asked for a page that nobody sees, or that is about to be left.
  function schedule() {
    clearTimeout(timer);
    if (!isPaused && !document.hidden && !isSubmitting) {
      const wait = failures === 0 ? Math.max(PACE_MS, SHARE * tookMs) : PACE_MS * 2 ** Math.min(failures, 10);
      const bounded = Math.min(wait, PACE_MAX_MS);
      due = performance.now() + bounded;
      timer = setTimeout(refresh, bounded);
    }
    tell();
  }

  async function fetched() {
    const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (fresh.body.dataset.role !== role) throw new Error("something else answers there");
    return fresh;
  }

  // `isWanted`: somebody has asked for it, also while it is paused.
  async function refresh(isWanted = false) {
    if (isAsking || isSubmitting) return;
    clearTimeout(timer);
    isAsking = true;
    const began = performance.now();
    try {
      const fresh = await fetched();
      tookMs = performance.now() - began;
      if (!isSubmitting && (isWanted || !isPaused)) {
        show(fresh);
        seenAt = performance.now();
      }
      failures = 0;
      tellTrouble("");
    } catch (error) {
      failures += 1;
      tellTrouble(`Cannot reach the ${role} (${error.message}). Last seen at ${find("made").textContent}.`);
    } finally {
      isAsking = false;
      schedule();
    }
  }

  // --- What a reader does ---

  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    remember();
    if (isPaused) schedule();
    else refresh();
  });
  find("refresh").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    refresh(true);
  });
  // Rows move: what is about to be killed is named.
  document.addEventListener("submit", (event) => {
    const id = new FormData(event.target).get("id");
    if (!confirm(`Kill ${id}?`)) {
      event.preventDefault();
      return;
    }
    isSubmitting = true;
    clearTimeout(timer);
    setTimeout(goOn, SUBMISSION_MS);
  });
  function goOn() {
    isSubmitting = false;
    schedule();
  }
  // A page that comes back from the browser's memory goes on too.
  addEventListener("pageshow", (event) => { if (event.persisted) goOn(); });
  const refreshUnlessPaused = () => { if (!isPaused && !document.hidden) refresh(); };
  addEventListener("online", refreshUnlessPaused);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    refreshUnlessPaused();
  });

  for (const node of document.querySelectorAll(".scripted")) node.hidden = false;
  setInterval(tell, 1_000);
  schedule();
})();
