// The window in which somebody signed in for a frame: gives the frame its ticket, and goes.

const token = JSON.parse(document.getElementById("ticket").textContent);

// Only a page of this site hears it: the frame, never the portal around it.
if (window.opener) {
  window.opener.postMessage({ type: "wallboard:signed-in", token }, location.origin);
  window.close();
}
