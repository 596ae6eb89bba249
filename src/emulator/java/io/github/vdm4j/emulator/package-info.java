/**
 * An emulator of Intel's Data Streaming Accelerator for tests without hardware. A {@link
 * io.github.vdm4j.emulator.DeviceModel} executes descriptors in this process, in steps that a test
 * controls. {@link io.github.vdm4j.emulator.EmulatorCommand} serves such devices to other processes
 * through FUSE. The package uses the JDK only, and shares no code with the library under test.
 */
package io.github.vdm4j.emulator;
