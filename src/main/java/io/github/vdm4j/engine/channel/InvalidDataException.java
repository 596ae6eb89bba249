package io.github.vdm4j.engine.channel;

/** The exception of an operation with damaged input. Nothing was submitted. */
public final class InvalidDataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidDataException(String defect) {
        super(defect);
    }
}
