package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.DataMovers.Choice;
import io.github.vdm4j.mover.MoverProvider.Attempt;
import io.github.vdm4j.mover.MoverProvider.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The settings that every mover has. Each setting has a default. A builder is not thread-safe.
 *
 * <p>C counterpart: none. In miniasync, the caller chooses the mover.
 */
public final class DataMoversBuilder {
    /** The number of failures after which the search ends, because the loader may repeat one. */
    private static final int MOST_FAILURES = 10;

    private int parallelism = Runtime.getRuntime().availableProcessors();
    private boolean nativeMemoryIsPersistent;
    private Duration forceWait = Durability.NO_BOUND;

    DataMoversBuilder() {}

    /**
     * Sets the number of worker threads. Default: the number of processors.
     *
     * @param workers 1 to 1,024
     * @return this
     * @throws IllegalArgumentException if the number is out of that range
     */
    public DataMoversBuilder parallelism(int workers) {
        parallelism = EngineSettings.count("parallelism", workers, MoverBuilder.MAX_WORKERS);
        return this;
    }

    /**
     * Sets whether C's rule for durable operations on native memory applies. Default:
     * {@code false}.
     *
     * @param persistent whether native memory of unknown domain is persistent memory
     * @return this
     * @see ThreadsDataMoverBuilder#nativeMemoryIsPersistent
     */
    public DataMoversBuilder nativeMemoryIsPersistent(boolean persistent) {
        nativeMemoryIsPersistent = persistent;
        return this;
    }

    /**
     * Sets how long a force may wait for further durable operations on the same file. Default: no
     * bound.
     *
     * @param longest 0 or more. 0 means no wait
     * @return this
     * @throws IllegalArgumentException if the time is negative
     * @see ThreadsDataMoverBuilder#forceWait
     */
    public DataMoversBuilder forceWait(Duration longest) {
        forceWait = Durability.requireForceWait(longest);
        return this;
    }

    /**
     * Opens the best mover with these settings.
     *
     * @return an open mover
     */
    public Vdm best() {
        return choose().mover();
    }

    /**
     * Opens the best mover and returns the reason for the choice. If a wrong setting makes a better
     * mover unavailable, its provider throws, or no provider is found, this logs a warning, because
     * the choice hides the mistake.
     *
     * @return an open mover and the reason. The reason has a line for each provider that was tried
     */
    public Choice choose() {
        return choose(ServiceLoader.load(MoverProvider.class, DataMovers.class.getClassLoader())
                .iterator());
    }

    Choice choose(Iterator<MoverProvider> loader) {
        var settings = new Settings(parallelism, nativeMemoryIsPersistent, forceWait);
        List<String> reasons = new ArrayList<>();
        for (MoverProvider provider : providers(loader, reasons)) {
            Attempt attempt = open(provider, settings);
            reasons.add(attempt.reason());
            if (attempt.mover() != null) {
                return new Choice(attempt.mover(), String.join("\n", reasons));
            }
            if (attempt.misconfigured()) {
                warn(attempt.reason());
            }
        }
        Vdm threads = ThreadsDataMover.builder()
                .threads(parallelism)
                .nativeMemoryIsPersistent(nativeMemoryIsPersistent)
                .forceWait(forceWait)
                .open();
        return new Choice(threads, String.join("\n", reasons));
    }

    /**
     * Returns the providers in the order of preference. If a provider cannot be loaded or ranked,
     * this adds a reason.
     */
    private static List<MoverProvider> providers(Iterator<MoverProvider> loader,
            List<String> reasons) {
        List<Map.Entry<Integer, MoverProvider>> found = new ArrayList<>();
        while (reasons.size() < MOST_FAILURES) {
            try {
                if (!loader.hasNext()) {
                    break;
                }
                MoverProvider provider = loader.next();
                found.add(Map.entry(provider.preference(), provider));
            } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
                reasons.add("a provider failed: " + e);
                warn(reasons.getLast());
            }
        }
        if (found.isEmpty() && reasons.isEmpty()) {
            reasons.add("no provider of a mover was found. The jar that contains vdm4j lacks "
                    + "META-INF/services/" + MoverProvider.class.getName()
                    + ". Keep this file (docs/packaging.md)");
            warn(reasons.getLast());
        }
        found.sort(Map.Entry.comparingByKey(Comparator.reverseOrder()));
        return found.stream().map(Map.Entry::getValue).toList();
    }

    private static Attempt open(MoverProvider provider, Settings settings) {
        try {
            return Objects.requireNonNull(provider.open(settings), "attempt");
        } catch (RuntimeException | LinkageError e) {
            return new Attempt(null, provider + " failed: " + e, true);
        }
    }

    private static void warn(String reason) {
        System.getLogger("io.github.vdm4j").log(System.Logger.Level.WARNING, reason);
    }
}
