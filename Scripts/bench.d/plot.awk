# plot.awk: a line plot as an SVG file, from a table.
#
# usage: LC_ALL=C awk -v title=T [-v OPTION=VALUE]... -f Scripts/bench.d/plot.awk TABLE >FILE.svg
#   title, x_title, y_title   what stands above the plot, below the x axis and beside the y axis
#   x_log=1, y_log=1          a logarithmic axis; all its values must then be above 0
#   width, height             pixels [720, 420]
#
# TABLE (or standard input) has a line per point, with TABs between its fields:
#   SERIES  X  Y [LOW HIGH]
# LOW and HIGH, where they are there, become a bar from one to the other, a little to the side so that bars of several
# series are seen beside each other: the range that Y is the median of.
# Points of a series are joined in the order of their lines. Series get colours and places in the legend in the order
# in which they first occur. A series named A/B is drawn in the colour of A with the dashes of B: knot/p50 and
# knot/p99.9 have one colour, knot/p50 and nsd/p50 one kind of line. Empty lines and those that begin with # are
# skipped. A linear axis begins at 0 unless there are values below; ticks of 1,000 and more are written as 1k, 1M, 1G.
#
# The background is white, so that the plot is the same on light and dark pages; the same table gives the same octets.
# Ends with 2 and one sentence where there is nothing to draw or a value has no place on its axis.

BEGIN {
    FS = "\t"
    width = width ? width : 720
    height = height ? height : 420
    split("#0072b2 #d55e00 #009e73 #cc79a7 #e69f00 #56b4e9 #000000", colours, " ")
    dashes_of[1] = ""; dashes_of[2] = "7 4"; dashes_of[3] = "2 3"; dashes_of[4] = "9 3 2 3"
}

/^#/ || NF == 0 { next }
NF != 3 && NF != 5 { stop("line " NR ": needs SERIES, X, Y and perhaps LOW, HIGH, with TABs between") }
{
    if (!($1 in place)) { place[$1] = ++series_count; series[series_count] = $1 }
    n = ++points[$1]
    x[$1, n] = number($2, x_log)
    y[$1, n] = number($3, y_log)
    reach_x(x[$1, n])
    reach_y(y[$1, n])
    if (NF == 5) {
        low[$1, n] = number($4, y_log)
        high[$1, n] = number($5, y_log)
        reach_y(low[$1, n])
        reach_y(high[$1, n])
    }
}

END {
    if (stopped) exit 2
    if (!series_count) stop("there is no point to draw")
    if (!x_log && x_low > 0) x_low = 0
    if (!y_log && y_low > 0) y_low = 0
    x_tick_count = x_log ? log_ticks(x_low, x_high, x_ticks) : linear_ticks(x_low, x_high, x_ticks)
    x_low = x_ticks[1]; x_high = x_ticks[x_tick_count]
    y_tick_count = y_log ? log_ticks(y_low, y_high, y_ticks) : linear_ticks(y_low, y_high, y_ticks)
    y_low = y_ticks[1]; y_high = y_ticks[y_tick_count]
    left = 70; right = width - 30 - legend_width(); top = 40; bottom = height - 55
    begin()
    axes()
    for (i = 1; i <= series_count; i++) draw(series[i], 3 * i - 1.5 * (series_count + 1))
    legend()
    print "</svg>"
}

function stop(sentence) {
    print "plot.awk: " sentence >"/dev/stderr"
    stopped = 1
    exit 2
}

# The value that `text` is; ends the program where its axis has no place for it.
function number(text, is_log) {
    if (text !~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/) stop("line " NR ": " text " is no number")
    if (is_log && text <= 0) stop("line " NR ": " text " has no place on a logarithmic axis")
    return text + 0
}

function reach_x(value) {
    if (!x_known || value < x_low) x_low = value
    if (!x_known || value > x_high) x_high = value
    x_known = 1
}

function reach_y(value) {
    if (!y_known || value < y_low) y_low = value
    if (!y_known || value > y_high) y_high = value
    y_known = 1
}

# --- Axes -------------------------------------------------------------------------------------------------------

# The power of ten at or below `value`; the logarithm of 1000 may come out a little below 3.
function decade(value) { return 10 ^ floor(log(value) / log(10) + 1e-9) }

function floor(value) { return int(value) > value ? int(value) - 1 : int(value) }

# Ticks at 1, 2 and 5 of each decade, or at 1 alone where there are more than three decades; returns how many.
function log_ticks(from, to, ticks,    unit, step, count, many) {
    many = to / from > 1000
    unit = decade(from)
    if (!many) {
        if (5 * unit <= from * (1 + 1e-9)) { unit *= 5; step = 5 }
        else if (2 * unit <= from * (1 + 1e-9)) { unit *= 2; step = 2 }
        else step = 1
    }
    for (count = 1; count < 100; count++) {
        ticks[count] = unit
        if (unit >= to * (1 - 1e-9) && count > 1) return count
        if (many) unit *= 10
        else if (step == 2) { unit *= 2.5; step = 5 }
        else { unit *= 2; step = step == 5 ? 1 : 2 }
    }
    return count - 1
}

# About six ticks, 1, 2 or 5 times a power of ten apart; returns how many.
function linear_ticks(from, to, ticks,    step, unit, count, first) {
    if (to <= from) to = from + 1
    unit = decade((to - from) / 6)
    step = unit
    if ((to - from) / step > 6) step = 2 * unit
    if ((to - from) / step > 6) step = 5 * unit
    if ((to - from) / step > 6) step = 10 * unit
    first = floor(from / step + 1e-9)
    for (count = 1; count < 100; count++) {
        ticks[count] = (first + count - 1) * step
        if (ticks[count] >= to - step * 1e-9 && count > 1) return count
    }
    return count - 1
}

function tick_text(value,    size) {
    size = value < 0 ? -value : value
    if (size >= 1e9) return sprintf("%gG", value / 1e9)
    if (size >= 1e6) return sprintf("%gM", value / 1e6)
    if (size >= 1e3) return sprintf("%gk", value / 1e3)
    return sprintf("%g", value)
}

function share(value, from, to, is_log) {
    return is_log ? log(value / from) / log(to / from) : (value - from) / (to - from)
}

function at_x(value) { return sprintf("%.1f", left + share(value, x_low, x_high, x_log) * (right - left)) }
function at_y(value) { return sprintf("%.1f", bottom - share(value, y_low, y_high, y_log) * (bottom - top)) }

# --- Elements ---------------------------------------------------------------------------------------------------

function escaped(text) {
    gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text)
    return text
}

function label(left, base, anchor, content, more) {
    printf "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>\n", left, base, anchor, more, escaped(content)
}

function line(x1, y1, x2, y2, more) {
    printf "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" %s/>\n", x1, y1, x2, y2, more
}

function begin() {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"", width, height, width, height
    print " font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">"
    print "<title>" escaped(title) "</title>"
    printf "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width, height
    label(left, 24, "start", title, " font-size=\"15\"")
}

function axes(    i, place) {
    for (i = 1; i <= x_tick_count; i++) {
        place = at_x(x_ticks[i])
        line(place, top, place, bottom, "stroke=\"#ddd\"")
        label(place, bottom + 18, "middle", tick_text(x_ticks[i]))
    }
    for (i = 1; i <= y_tick_count; i++) {
        place = at_y(y_ticks[i])
        line(left, place, right, place, "stroke=\"#ddd\"")
        label(left - 8, place + 4, "end", tick_text(y_ticks[i]))
    }
    printf "<path d=\"M%s %sV%sH%s\" fill=\"none\" stroke=\"#222\"/>\n", left, top, bottom, right
    label((left + right) / 2, height - 14, "middle", x_title)
    label(16, (top + bottom) / 2, "middle", y_title, " transform=\"rotate(-90 16 " (top + bottom) / 2 ")\"")
}

# The colour of the part before the slash, the dashes of the part after it.
function stroke(name,    parts, count) {
    count = split(name, parts, "/")
    if (!(parts[1] in colour)) colour[parts[1]] = colours[colour_count++ % 7 + 1]
    if (!(parts[2] in dashes) && count > 1) dashes[parts[2]] = dashes_of[dashes_count++ % 4 + 1]
    return "stroke=\"" colour[parts[1]] "\"" (count > 1 && dashes[parts[2]] != "" ? " stroke-dasharray=\"" dashes[parts[2]] "\"" : "")
}

# The line, its bars `aside` pixels to the right, and a dot for each point.
function draw(name, aside,    i, path, look, bars) {
    look = stroke(name)
    for (i = 1; i <= points[name]; i++) {
        path = path (i == 1 ? "M" : "L") at_x(x[name, i]) " " at_y(y[name, i])
        if ((name, i) in low) bars = bars "M" at_x(x[name, i]) + aside " " at_y(low[name, i]) "V" at_y(high[name, i])
    }
    printf "<path d=\"%s\" fill=\"none\" stroke-width=\"2\" %s/>\n", path, look
    sub(/ stroke-dasharray.*/, "", look)
    if (bars != "") printf "<path d=\"%s\" fill=\"none\" stroke-width=\"2\" stroke-opacity=\".5\" %s/>\n", bars, look
    sub(/stroke/, "fill", look)
    for (i = 1; i <= points[name]; i++) printf "<circle cx=\"%s\" cy=\"%s\" r=\"3\" %s/>\n", at_x(x[name, i]), at_y(y[name, i]), look
}

function legend_width(    i, longest) {
    for (i = 1; i <= series_count; i++) if (length(series[i]) > longest) longest = length(series[i])
    return 40 + 7 * longest
}

function legend(    i, name, place) {
    for (i = 1; i <= series_count; i++) {
        name = series[i]
        place = top + 18 * i - 8
        line(right + 16, place, right + 44, place, "stroke-width=\"2\" " stroke(name))
        sub(/\//, " ", name)
        label(right + 50, place + 4, "start", name)
    }
}
