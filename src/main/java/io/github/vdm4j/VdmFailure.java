package io.github.vdm4j;

/** The failure of a future. The exception with its stack trace is created on request. */
record VdmFailure(VdmResult result, VdmStatus status, String reason, Throwable cause,
        long bytesDone) {
    VdmException toException(VdmOperationType type, long bytes) {
        return new VdmException(
                result, status, "%s of %,d bytes %s".formatted(type, bytes, reason), cause);
    }
}
