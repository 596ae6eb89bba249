package io.github.vdm4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A writer of line charts over the size of an operation, with logarithmic axes. The format is PNG,
 * because an SVG of the same library has thirty times the size.
 */
final class Charts {
    private final Path folder;

    Charts(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /**
     * Draws a chart.
     *
     * @param file the name of the file without its ending
     * @param title the title of the chart
     * @param unit the unit of the vertical axis
     * @param names the names of the lines
     * @param value the value of a line for a size, or NaN for no value
     * @return the name of the file
     */
    String draw(String file, String title, String unit, List<Long> sizes,
            List<String> names, ToDoubleBiFunction<String, Long> value) throws IOException {
        XYChart chart = new XYChartBuilder().theme(ChartTheme.Matlab)
                .width(900)
                .height(480)
                .title(title)
                .xAxisTitle("bytes")
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        for (String name : names) {
            List<Long> known = sizes.stream()
                    .filter(bytes -> !Double.isNaN(value.applyAsDouble(name, bytes)))
                    .toList();
            if (!known.isEmpty()) {
                chart.addSeries(name, known.stream().mapToDouble(Long::doubleValue).toArray(),
                        known.stream()
                                .mapToDouble(bytes -> value.applyAsDouble(name, bytes))
                                .toArray())
                        .setMarker(SeriesMarkers.CIRCLE);
            }
        }
        BitmapEncoder.saveBitmap(chart, folder.resolve(file).toString(), BitmapFormat.PNG);
        return file + ".png";
    }
}
