package io.github.vdm4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
     * @param name the name of the file
     * @param title the title of the chart
     * @param unit the unit of the vertical axis
     * @param lines the values of each line by its name, one for each size, or NaN for no value
     * @return the name of the file
     */
    String draw(String name, String title, String unit, List<Long> sizes,
            Map<String, List<Double>> lines)
            throws IOException {
        XYChart chart = new XYChartBuilder().theme(ChartTheme.Matlab)
                .width(900)
                .height(480)
                .title(title)
                .xAxisTitle("bytes")
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        lines.forEach((line, values) -> {
            double[] x = new double[sizes.size()];
            double[] y = new double[sizes.size()];
            int count = 0;
            for (int i = 0; i < x.length; i++) {
                if (!Double.isNaN(values.get(i))) {
                    x[count] = sizes.get(i);
                    y[count++] = values.get(i);
                }
            }
            if (count > 0) {
                chart.addSeries(line, Arrays.copyOf(x, count), Arrays.copyOf(y, count))
                        .setMarker(SeriesMarkers.CIRCLE);
            }
        });
        BitmapEncoder.saveBitmap(chart, folder.resolve(name).toString(), BitmapFormat.PNG);
        return name + ".png";
    }
}
