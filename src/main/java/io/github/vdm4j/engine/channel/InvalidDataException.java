package io.github.vdm4j.engine.channel;

/** What an operation reads is not what it has to be; nothing was submitted. */
public final class InvalidDataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidDataException(String defect) {
        super(defect);
    }
}
