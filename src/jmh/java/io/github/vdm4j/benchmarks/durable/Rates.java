package io.github.vdm4j.benchmarks.durable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** The rates of contestants that run in turn in each round. */
final class Rates {
    private final int rounds;
    private final Map<String, double[]> rates = new LinkedHashMap<>();

    /**
     * Runs all contestants in each round, and once before. Each contestant returns its rate.
     */
    Rates(int rounds, Map<String, Callable<Double>> contestants) throws Exception {
        this.rounds = rounds;
        contestants.keySet().forEach(name -> rates.put(name, new double[rounds]));
        for (int round = -1; round < rounds; round++) {
            var order = new ArrayList<>(contestants.entrySet());
            Collections.rotate(order, round);
            for (var each : order) {
                double rate = each.getValue().call();
                if (round >= 0) {
                    rates.get(each.getKey())[round] = rate;
                }
            }
        }
    }

    void addMedians(Map<String, Double> medians) {
        rates.forEach((name, values) -> medians.put(name, median(values)));
    }

    /** Returns the median of the ratios of the rounds. */
    double ratio(String above, String below) {
        double[] ratios = new double[rounds];
        Arrays.setAll(ratios, i -> rates.get(above)[i] / rates.get(below)[i]);
        return median(ratios);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
