package io.github.vdm4j.dml.job;

/** A function of DML that prepares jobs returned a status other than OK. */
public final class DmlCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    private DmlCallException(String function, int status) {
        super(function + " returned status " + status);
        this.status = status;
    }

    static void check(String function, int status) {
        if (status != 0) {
            throw new DmlCallException(function, status);
        }
    }

    /**
     * The status.
     *
     * @return the number that DML returned
     */
    public int status() {
        return status;
    }
}
