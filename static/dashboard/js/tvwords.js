// The words of screens on a wall, by key.

export const tvWords = {
  en: {
    server_away: "Server away",
    server_away_since: "The server is away, last heard at {time}. This screen comes back by itself.",
    server_away_plain: "The server is away. This screen comes back by itself.",
    sound_blocked: "Sound is blocked by this browser. Press OK once.",
    sound_muted: "sound off",
    sound_quiet: "quiet hours",
    ok: "OK",
    left_out: "Left out: {count} of {all} wallboards. This account may not see them, or they are disabled.",
    nothing_to_rotate: "There is nothing to show: this rotation has no wallboards that this account may see.",
    no_rotation: "This rotation does not exist any more.",
    no_rotation_access: "This account may not see this rotation. Ask a manager of its team.",
  },
  de: {
    server_away: "Server weg",
    server_away_since: "Der Server ist weg, zuletzt gehört um {time}. Dieser Bildschirm kommt von selbst wieder.",
    server_away_plain: "Der Server ist weg. Dieser Bildschirm kommt von selbst wieder.",
    sound_blocked: "Dieser Browser sperrt den Ton. Drücken Sie einmal OK.",
    sound_muted: "Ton aus",
    sound_quiet: "Ruhezeit",
    ok: "OK",
    left_out: "Ausgelassen: {count} von {all} Wallboards. Dieses Konto darf sie nicht sehen, oder sie sind abgeschaltet.",
    nothing_to_rotate: "Es gibt nichts zu zeigen: diese Rotation hat keine Wallboards, die dieses Konto sehen darf.",
    no_rotation: "Diese Rotation gibt es nicht mehr.",
    no_rotation_access: "Dieses Konto darf diese Rotation nicht sehen. Fragen Sie einen Manager des Teams.",
  },
};
