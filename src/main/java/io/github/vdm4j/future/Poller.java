package io.github.vdm4j.future;

/**
 * A cheap question that replaces polls without progress.
 *
 * <p>C counterpart: {@code struct future_poller}, whose {@code ptr_to_monitor} is a word of memory
 * that changes when there is progress. The JVM cannot monitor a word, so the future supplies a
 * question about it.
 */
@FunctionalInterface
public interface Poller {
    /** {@return whether a poll would make progress now} Any thread may call this. */
    boolean ready();
}
