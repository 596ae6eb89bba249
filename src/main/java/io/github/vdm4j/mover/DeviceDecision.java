package io.github.vdm4j.mover;

/**
 * The decision whether a mover uses its device, with the reason.
 *
 * @param usesDevice {@code true} if the mover submits operations to its device
 * @param reason the setting, the result of a trial, or the lack of a device, in a few words
 */
public record DeviceDecision(boolean usesDevice, String reason) {}
