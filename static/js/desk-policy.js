// The policy of the suspected reason, over the desk: what it is about stays on the screen behind it.
const dialog = document.getElementById("desk-policy");

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-policy]");
  if (!link || !link.search || event.ctrlKey || event.metaKey || event.shiftKey) return; // without a reason: the whole page
  event.preventDefault();
  try {
    const answer = await fetch(`${link.href}&piece=1`, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    dialog.innerHTML = await answer.text();
    dialog.showModal();
  } catch {
    open(link.href, "_blank", "noopener"); // a page of its own says what is wrong
  }
});
