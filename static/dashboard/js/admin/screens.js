// The list of screens, live: the cells are those of the list as the server would make it now.

const REFRESH_MS = 5000;

/** Each row by what its checkbox chooses, so that a list in another order changes no choice. */
function rowsOf(page) {
  const rows = page.querySelectorAll("#result_list tbody tr");
  return new Map([...rows].map((row) => [row.querySelector("input.action-select")?.value, row]));
}

/** Puts the cells of `fresh`, a document, into the rows that `page` shows already. */
export function refill(page, fresh) {
  const now = rowsOf(fresh);
  for (const [pk, row] of rowsOf(page)) {
    for (const cell of row.querySelectorAll("td[class^='field-']")) {
      const other = now.get(pk)?.querySelector(`td.${cell.classList[0]}`);
      if (other && other.innerHTML !== cell.innerHTML) cell.replaceChildren(...other.childNodes);
    }
  }
}

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href, { cache: "no-store", redirect: "error" });
    if (response.ok) refill(document, new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // Asked again in a while.
  }
}

setInterval(refresh, REFRESH_MS);
