package io.github.vdm4j.future;

/**
 * A cheap check that replaces polls without progress.
 *
 * <p>C counterpart: {@code struct future_poller}. Its {@code ptr_to_monitor} is a word of memory
 * that changes with progress. The future supplies a check of the word, because the JVM cannot
 * monitor it.
 */
@FunctionalInterface
public interface Poller {
    /** {@return whether a poll would make progress now} The method must be thread-safe. */
    boolean ready();
}
