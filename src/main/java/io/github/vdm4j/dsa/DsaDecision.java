package io.github.vdm4j.dsa;

/**
 * The decision whether a mover uses its devices, with the reason.
 *
 * @param usesDevices {@code true} if the mover submits operations to its devices
 * @param reason the reason, a clause without a full stop
 */
public record DsaDecision(boolean usesDevices, String reason) {}
