"""One look for all charts: the themes as Plotly templates, and the pieces that figures are made of.

Figures carry no colours. They name items of the template (``templateitemname``), and the page lays the template
of its theme over them, so that switching the theme sends nothing.
"""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.tiles.base import SeriesInfo

# The page's own, so that axes and labels are of one kind.
FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"

# Okabe and Ito's palette, ordered for contrast on each background; black becomes white on dark.
COLORWAY_DARK = ["#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#F2F4F7"]
COLORWAY_LIGHT = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9"]

# The colours of states are those of the page's style sheet; a test keeps the two alike.
ROLES: dict[str, dict[str, str]] = {
    "dark": {
        "text": "#F2F4F7",
        "label": "#A9B4C2",
        "line": "#38424F",
        "warning": "#F0B429",
        "critical": "#FF6B57",
    },
    "light": {
        "text": "#14181D",
        "label": "#4A5562",
        "line": "#C9D0D9",
        "warning": "#925F00",
        "critical": "#A23036",
    },
}


def themes() -> dict[str, dict[str, Any]]:
    """``{"dark": template, "light": template}``, Plotly layout templates as JSON."""
    return {
        "dark": _template(ROLES["dark"], COLORWAY_DARK),
        "light": _template(ROLES["light"], COLORWAY_LIGHT),
    }


def finished_figure(data: Sequence[dict[str, Any]], layout: dict[str, Any]) -> dict[str, Any]:
    """Validates with plotly's own classes and returns plain JSON; raises ValueError for what Plotly does not know."""
    base = {"margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0}, "showlegend": False, "hovermode": False}
    figure: dict[str, Any] = go.Figure(data=list(data), layout=base | layout).to_plotly_json()
    figure["layout"].pop("template", None)
    return {"data": figure["data"], "layout": figure["layout"]}


def line_trace(series: SeriesInfo, width: int) -> dict[str, Any]:
    """A stepped line: a statistic holds its value until the next one comes, and a slope would invent the rest."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": series.title,
        "line": {"shape": "hv", "width": width},
        "connectgaps": False,
        "cliponaxis": True,
        "x": [],
        "y": [],
    }


def quiet_axis(kind: str) -> dict[str, Any]:
    """An axis without any ink; the page sets its range."""
    return {"type": kind, "visible": False, "fixedrange": True}


def limit_shape(name: str, value: float, axis: str, ends: tuple[float, float]) -> dict[str, Any]:
    """A hard line at ``value`` of ``axis``, across the plot from and to the given fractions of the other axis."""
    other = "y" if axis == "x" else "x"
    return {
        "type": "line",
        "templateitemname": name,
        "visible": True,
        f"{axis}0": value,
        f"{axis}1": value,
        f"{other}ref": "paper",
        f"{other}0": ends[0],
        f"{other}1": ends[1],
    }


def threshold_shapes(thresholds: dict[str, Any] | None, bands: bool) -> list[dict[str, Any]]:
    """A line at each limit and, with ``bands``, a tint over the values that lie beyond it."""
    if not thresholds:
        return []
    limits = [(level, thresholds[level]) for level in ("warning", "critical") if thresholds.get(level) is not None]
    shapes = [limit_shape(level, limit, axis="y", ends=(0, 1)) for level, limit in limits]
    if not bands:
        return shapes
    sign = -1 if thresholds.get("direction") == "below" else 1
    tinted = []
    for index, (level, limit) in enumerate(limits):
        # The last band reaches far beyond any axis; Plotly clips it at the plot's edge.
        end = limits[index + 1][1] if index + 1 < len(limits) else limit + sign * 1000 * (abs(limit) + 1)
        band = {"type": "rect", "templateitemname": f"{level}-band", "visible": True, "layer": "below"}
        tinted.append(band | {"xref": "paper", "x0": 0, "x1": 1, "y0": limit, "y1": end})
    return tinted + shapes


def _template(roles: dict[str, str], colorway: list[str]) -> dict[str, Any]:
    axis = {
        "gridcolor": roles["line"],
        "linecolor": roles["line"],
        "tickcolor": roles["line"],
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
        "tickfont": {"color": roles["label"]},
    }
    template = go.layout.Template(
        layout={
            "font": {"family": FONT, "color": roles["label"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": colorway,
            "autotypenumbers": "strict",
            "dragmode": False,
            "hovermode": False,
            "xaxis": axis,
            "yaxis": axis,
            "shapes": _named_shapes(roles),
        },
        data={
            "bar": [{"marker": {"line": {"width": 0}}}],
            "pie": [{"marker": {"line": {"width": 0}}}],
        },
    )
    json: dict[str, Any] = template.to_plotly_json()
    return json


def _named_shapes(roles: dict[str, str]) -> list[dict[str, Any]]:
    # Plotly creates every named item of a template; they stay invisible until a figure shows one.
    lines = {
        "goal": (roles["text"], 5, "solid"),
        "warning": (roles["warning"], 3, "dash"),
        "critical": (roles["critical"], 3, "solid"),
    }
    shapes: list[dict[str, Any]] = [
        {"name": name, "type": "line", "visible": False, "line": {"color": color, "width": width, "dash": dash}}
        for name, (color, width, dash) in lines.items()
    ]
    fills = {
        "warning-band": (roles["warning"], 0.10),
        "critical-band": (roles["critical"], 0.14),
        "track": (roles["line"], 1),
    }
    for name, (color, opacity) in fills.items():
        fill = {"fillcolor": color, "opacity": opacity, "layer": "below", "line": {"width": 0}}
        shapes.append({"name": name, "type": "rect", "visible": False, **fill})
    return shapes
