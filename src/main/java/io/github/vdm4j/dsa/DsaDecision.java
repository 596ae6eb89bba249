package io.github.vdm4j.dsa;

/**
 * The decision whether a mover sends operations to its devices, and the reason.
 *
 * @param usesDevices true if operations go to the devices
 * @param reason the reason in a clause
 */
public record DsaDecision(boolean usesDevices, String reason) {}
