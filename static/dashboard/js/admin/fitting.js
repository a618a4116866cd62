// The picker of "Try" offers the objects that the definition fits.

/** Narrows the picker from now on to objects of these types; none: all of them. */
export function narrow(section, { fits, left_out: leftOut }) {
  section.querySelector("select").dataset.types = fits.join(",");
  section.querySelector(".left-out").textContent = leftOut;
}

/** Lets a picker that Django made ask for the types that `narrow` wrote down. */
export function startNarrowing(section) {
  const select = section.querySelector("select");
  const { jQuery } = window.django ?? {};
  jQuery?.(select).on("select2:opening", () => {
    const types = select.dataset.types ?? "";
    const address = select.getAttribute("data-ajax--url");
    const { ajaxOptions } = jQuery(select).data("select2").dataAdapter;
    ajaxOptions.url = types ? `${address}?types=${encodeURIComponent(types)}` : address;
  });
}
