// The words of a TV's page, by key.

export const screenWords = {
  en: {
    pair_screen: "Pair this screen",
    waiting_full: "Too many screens are waiting for their pairing; this one tries again.",
    shows_nothing: "Nothing was chosen for this screen, or it was deleted. A manager can choose under Administration, Screens.",
    shows_disabled: "The wallboard of this screen is switched off.",
    shows_not_shared: "The wallboard of this screen is no longer shared with its team.",
    shows_empty: "The rotation of this screen has no wallboard that its team may see.",
    left_out_screen: "Left out: {count} of {all} wallboards. This screen's team may not see them, or they are disabled.",
  },
  de: {
    pair_screen: "Bildschirm koppeln",
    waiting_full: "Zu viele Bildschirme warten auf ihre Kopplung; dieser versucht es weiter.",
    shows_nothing:
      "Für diesen Bildschirm ist nichts gewählt, oder es wurde gelöscht. Ein Manager kann unter Verwaltung, Bildschirme wählen.",
    shows_disabled: "Das Wallboard dieses Bildschirms ist abgeschaltet.",
    shows_not_shared: "Das Wallboard dieses Bildschirms ist für sein Team nicht mehr freigegeben.",
    shows_empty: "Die Rotation dieses Bildschirms hat kein Wallboard, das sein Team sehen darf.",
    left_out_screen:
      "Ausgelassen: {count} von {all} Wallboards. Das Team dieses Bildschirms darf sie nicht sehen, oder sie sind abgeschaltet.",
  },
};
