package io.github.vdm4j.mover;

/** What the workers of a {@link ThreadsDataMover} take from their queue. */
interface WorkerTask {
    /** Called once, by a worker. Does not throw. */
    void work();
}
