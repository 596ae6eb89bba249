package io.github.vdm4j;

/** What a failed future keeps; the exception with its stack trace is made where it is asked for. */
record VdmFailure(VdmResult result, VdmStatus status, String reason, Throwable cause,
        long bytesDone) {
    VdmException toException(VdmOperationType type, long bytes) {
        return new VdmException(
                result, status, "%s of %,d bytes %s".formatted(type, bytes, reason), cause);
    }
}
