"""Colours, type and height that all layers of a series chart share."""

INK, SOFT, LINE, WASH = "#1d2b39", "#56636f", "#e2dfd7", "#f7f5f0"
BLUE, BAND, NORM = "#154273", "#d3e1ee", "#a8480a"
FONT = "Source Sans, Source Sans Pro, Segoe UI, Helvetica Neue, Arial, sans-serif"
HEIGHT = 250
