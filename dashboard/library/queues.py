"""Ready definitions of queues and route points."""

from django.utils.translation import gettext_lazy as _

from dashboard.library.entry import CHANGES, HOUR, LINES, QUEUES, TICKS, TODAY, VOICE, counted, timed

NOW = (
    counted("calls-waiting", _("Calls waiting"), LINES, "CurrentNumber DNAction", "CallWait", VOICE, TICKS),
    counted(
        "calls-waiting-at-once",
        _("Calls waiting, at each change"),
        LINES,
        "CurrentNumber DNStatus",
        "CallWait",
        CHANGES,
    ),
    timed("longest-wait", _("Longest wait"), LINES, "CurrentMaxTime DNAction", "CallWait", VOICE, TICKS),
    timed("expected-wait", _("Expected wait"), ("Queue",), "EstimWaitTime DNAction", "CallWait", TODAY, TICKS),
)
OVER_TIME = (
    *(
        counted(name, title, types, "TotalNumber DNAction", mask, TODAY, TICKS)
        for name, title, types, mask in (
            ("calls-entered", _("Calls entered today"), QUEUES, "CallEntered"),
            ("calls-answered", _("Calls answered today"), LINES, "CallAnswered"),
            ("calls-abandoned", _("Calls abandoned today"), LINES, "CallAbandoned"),
            ("calls-distributed", _("Calls distributed today"), LINES, "CallDistributed"),
        )
    ),
    counted(
        "calls-entered-hour",
        _("Calls entered in the last hour"),
        QUEUES,
        "TotalNumber DNAction",
        "CallEntered",
        HOUR,
        TICKS,
    ),
    counted(
        "calls-abandoned-hour",
        _("Calls abandoned in the last hour"),
        LINES,
        "TotalNumber DNAction",
        "CallAbandoned",
        HOUR,
        TICKS,
    ),
    counted(
        "answered-in-20-seconds",
        _("Answered within 20 seconds today"),
        LINES,
        "TotalNumberInTimeRange DNAction",
        "CallAnswered",
        TODAY,
        TICKS,
        {"timeRangeLeft": 0, "timeRangeRight": 20},
    ),
    timed(
        "average-wait",
        _("Average wait today"),
        QUEUES,
        "AverageTime DNAction",
        "CallWait / CallWait",
        TODAY,
        VOICE,
        TICKS,
    ),
    timed(
        "average-wait-hour",
        _("Average wait in the last hour"),
        QUEUES,
        "AverageTime DNAction",
        "CallWait / CallWait",
        HOUR,
        VOICE,
        TICKS,
    ),
    timed("longest-wait-today", _("Longest wait today"), LINES, "MaxTime DNAction", "CallWait", TODAY, TICKS),
    timed(
        "average-distribution-time",
        _("Average time until distributed today"),
        LINES,
        "AverageTime DNAction",
        "CallDistributed",
        TODAY,
        TICKS,
    ),
    counted(
        "abandoned-share",
        _("Abandoned, percent of entered today"),
        LINES,
        "RelativeNumberPercentage DNAction",
        "CallAbandoned / CallEntered",
        TODAY,
        TICKS,
        unit="percent",
    ),
    counted(
        "answered-share",
        _("Answered, percent of entered today"),
        LINES,
        "RelativeNumberPercentage DNAction",
        "CallAnswered / CallEntered",
        TODAY,
        TICKS,
        unit="percent",
    ),
    *(
        counted(
            name,
            title,
            (*LINES, "GroupAgents"),
            "ServiceFactor1 DNAction",
            "",
            *parts,
            {"timeRangeLeft": 0, "timeRangeRight": 20, "timeRangeLeft2": 0, "timeRangeRight2": 5},
            unit="percent",
        )
        for name, title, parts in (
            ("service-level", _("Service level, last hour"), (HOUR, VOICE, TICKS)),
            ("service-level-today", _("Service level, today"), (TODAY, VOICE, TICKS)),
        )
    ),
)
