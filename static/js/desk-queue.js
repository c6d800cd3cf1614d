// Fetches the table again while somebody looks at it; the focus stays where it was.
const rows = document.getElementById("queue-rows");
const EVERY_MS = 10000;

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(rows.dataset.refresh);
    if (!answer.ok || answer.redirected) return;
    const focused = document.activeElement?.id;
    rows.innerHTML = await answer.text();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  } catch {
    // The time of the last answer stands above the table: it says how old this is.
  }
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);
