// The words of the page, by key; the server's pages are translated by Django.

import { embedWords } from "./embedwords.js";
import { peopleWords } from "./peoplewords.js";
import { screenWords } from "./screenwords.js";
import { tileWords } from "./tiles/words.js";
import { tvWords } from "./tvwords.js";

const words = {
  en: {
    live: "Live",
    connecting: "Connecting",
    late: "late",
    stale: "as of {time}",
    unknown: "no data since {time}",
    unknown_plain: "no data",
    pending: "no value yet",
    rejected: "{reason}",
    rejected_plain: "refused by Genesys",
    rejected_short: "refused",
    part_late: "{count} of {all} late",
    part_stale: "{count} of {all} outdated",
    part_unknown: "{count} of {all} no data",
    part_pending: "{count} of {all} waiting",
    part_rejected: "{count} of {all} refused",
    warning: "warning",
    critical: "critical",
    normal: "normal",
    link_connecting: "Connecting to Genesys {name}",
    link_late: "Genesys {name} late",
    link_unavailable: "Genesys {name} unavailable",
    link_down: "No link to Genesys {name}",
    link_more: "{text}, {count} more",
    bridge_late: "Bridge late",
    bridge_down: "Bridge down",
    screen_connecting: "This screen is reconnecting",
    screen_lost: "This screen lost its connection",
    since: "since {time}",
    at: "at {time}",
    changed_level: "{tile}: {level}",
    signed_out: "Nobody is signed in on this screen any more.",
    sign_in: "Sign in",
    no_access: "This account may not see this wallboard. Ask a manager of its team.",
    no_board: "This wallboard does not exist any more.",
    all_boards: "All wallboards",
    no_tiles: "This wallboard has no tiles yet.",
    edit_tiles: "Add the first ones",
    ask_editor: "An editor of its team can add some.",
    tile_failed: "This tile cannot be drawn.",
  },
  de: {
    live: "Live",
    connecting: "Verbindet",
    late: "verspätet",
    stale: "Stand {time}",
    unknown: "keine Daten seit {time}",
    unknown_plain: "keine Daten",
    pending: "noch kein Wert",
    rejected: "{reason}",
    rejected_plain: "von Genesys abgelehnt",
    rejected_short: "abgelehnt",
    part_late: "{count} von {all} verspätet",
    part_stale: "{count} von {all} veraltet",
    part_unknown: "{count} von {all} ohne Daten",
    part_pending: "{count} von {all} warten",
    part_rejected: "{count} von {all} abgelehnt",
    warning: "Warnung",
    critical: "kritisch",
    normal: "normal",
    link_connecting: "Verbindet mit Genesys {name}",
    link_late: "Genesys {name} verspätet",
    link_unavailable: "Genesys {name} nicht verfügbar",
    link_down: "Keine Verbindung zu Genesys {name}",
    link_more: "{text}, {count} weitere",
    bridge_late: "Brücke verspätet",
    bridge_down: "Brücke ausgefallen",
    screen_connecting: "Dieser Bildschirm verbindet neu",
    screen_lost: "Dieser Bildschirm ist ohne Verbindung",
    since: "seit {time}",
    at: "seit {time}",
    changed_level: "{tile}: {level}",
    signed_out: "An diesem Bildschirm ist niemand mehr angemeldet.",
    sign_in: "Anmelden",
    no_access: "Dieses Konto darf dieses Wallboard nicht sehen. Fragen Sie einen Manager des Teams.",
    no_board: "Dieses Wallboard gibt es nicht mehr.",
    all_boards: "Alle Wallboards",
    no_tiles: "Dieses Wallboard hat noch keine Kacheln.",
    edit_tiles: "Die ersten hinzufügen",
    ask_editor: "Ein Editor des Teams kann welche hinzufügen.",
    tile_failed: "Diese Kachel kann nicht gezeichnet werden.",
  },
};

/** word(key, {name: value}) in the language of `locale`, English where a word is missing, the key as a last resort. */
export function wordsFor(locale) {
  const language = locale.slice(0, 2);
  const tables = [tileWords, tvWords, peopleWords, screenWords, embedWords, words];
  const table = Object.assign({}, ...tables.map(({ en }) => en), ...tables.map((one) => one[language]));
  return (key, fill = {}) =>
    (table[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in fill ? String(fill[name]) : whole));
}
