package io.github.vdm4j.worker;

import io.github.vdm4j.future.Waker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How the thread that polls an operation and the worker that executes it meet, in one field of an
 * object that both know: null while nothing is handed over, then a mark or the waker to call, then
 * the mark of the end. The worker exchanges what is there for that mark, so that a waker is either
 * there by then and called, or its poller finds the mark in its place.
 *
 * <p>One of these, constant, serves all objects of a class. The poller's side is for one thread at
 * a time.
 *
 * @param cell the field, of type Object and volatile
 */
public record Rendezvous(VarHandle cell) {
    private static final Object QUEUED = new Object();
    private static final Object DONE = new Object();

    /**
     * For a class whose field is named {@code cell}.
     *
     * @param lookup may access the field
     * @param holder the class
     * @return the rendezvous of its objects
     */
    public static Rendezvous of(MethodHandles.Lookup lookup, Class<?> holder) {
        try {
            return new Rendezvous(lookup.findVarHandle(holder, "cell", Object.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Prepares for a worker; what makes the object known to it publishes this, too.
     *
     * @param holder the object
     * @param waker to be called at the end, or null
     */
    public void begin(Object holder, Waker waker) {
        cell.set(holder, waker != null ? waker : QUEUED);
    }

    /**
     * Nothing is handed over: not yet, or not any more.
     *
     * @param holder the object
     */
    public void clear(Object holder) {
        cell.set(holder, null);
    }

    /**
     * Tells whether something is handed over and was not cleared.
     *
     * @param holder the object
     * @return true from {@link #begin} to {@link #clear}
     */
    public boolean isBegun(Object holder) {
        return cell.getVolatile(holder) != null;
    }

    /**
     * Tells whether the worker is done, which makes visible what it wrote.
     *
     * @param holder the object
     * @return true from {@link #end} to {@link #clear}
     */
    public boolean isDone(Object holder) {
        return cell.getVolatile(holder) == DONE;
    }

    /**
     * Adds a waker while the worker is at it.
     *
     * @param holder the object
     * @param waker to be called at the end
     * @return false if the worker is done: the waker will not be called
     */
    public boolean addWaker(Object holder, Waker waker) {
        Object seen = cell.getVolatile(holder);
        if (seen == DONE) {
            return false;
        }
        // Only the worker writes meanwhile, and only the mark of the end.
        return waker == seen || cell.compareAndSet(holder, seen, waker);
    }

    /**
     * Called by the worker after everything that the operation wrote. The object may be used for
     * the next operation from then on: the worker must not touch it any more.
     *
     * @param holder the object
     */
    public void end(Object holder) {
        if (cell.getAndSet(holder, DONE) instanceof Waker waker) {
            try {
                waker.wake();
            } catch (Throwable e) {
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            }
        }
    }
}
