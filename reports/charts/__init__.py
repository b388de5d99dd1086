"""Charts as Vega-Lite specifications, one file a chart; `drawing` makes pictures of them."""
