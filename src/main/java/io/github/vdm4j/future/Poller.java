package io.github.vdm4j.future;

/**
 * A cheap question that replaces fruitless polls.
 *
 * <p>C counterpart: {@code struct future_poller}, whose {@code ptr_to_monitor} is a word of memory
 * that changes when there is progress. On the JVM a word cannot be monitored, so the future hands
 * out a question about it.
 */
@FunctionalInterface
public interface Poller {
    /**
     * Tells whether polling the future now would make progress. May be called from any thread.
     *
     * @return true if the future should be polled
     */
    boolean ready();
}
