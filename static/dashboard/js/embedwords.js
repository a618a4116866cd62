// What a board says inside of a portal; `refused_…` are the server's words for why a token opens nothing.

export const embedWords = {
  en: {
    embed_token: "Waiting for the portal to sign in this wallboard.",
    embed_refused: "The portal's sign-in for this wallboard was refused.",
    nothing_here: "Nothing of this wallboard is shown here.",
    ticket_over: "Your sign-in is over.",
    window_blocked: "The portal does not let this frame open a window to sign in.",
  },
  de: {
    embed_token: "Wartet darauf, dass das Portal dieses Wallboard anmeldet.",
    embed_refused: "Die Anmeldung des Portals für dieses Wallboard wurde abgelehnt.",
    nothing_here: "Von diesem Wallboard wird hier nichts gezeigt.",
    ticket_over: "Ihre Anmeldung ist beendet.",
    window_blocked: "Das Portal lässt diesen Rahmen kein Fenster zum Anmelden öffnen.",
    refused_expired: "Die Zeit des Tokens ist um, und es kam kein neues.",
    refused_forbidden: "Das Token gehört zu einem anderen Wallboard oder Team.",
    refused_key_unknown: "Der Schlüssel ist unbekannt oder wurde widerrufen.",
    refused_not_found: "Dieses Wallboard gibt es nicht mehr.",
    refused_token_clock: "Das Token liegt in der Zukunft: Stellen Sie die Uhr des Portals.",
    refused_token_expired: "Das Token ist abgelaufen. Ist es gerade erst entstanden, stellen Sie die Uhr des Portals.",
    refused_token_lifetime: "exp muss nach iat liegen, höchstens 24 Stunden.",
    refused_unauthenticated: "Es kam kein Token.",
    refused_view_unsupported: "Eine solche Ansicht gibt es nicht; es gibt full, floor und lobby.",
  },
};
