package io.github.vdm4j.engine.channel;

/** Thrown if the input of an operation is damaged. The slot has submitted nothing. */
public final class InvalidDataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidDataException(String defect) {
        super(defect);
    }
}
