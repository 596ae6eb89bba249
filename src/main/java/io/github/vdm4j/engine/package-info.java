/** The device engine: executes operations on a device, whatever channel leads to the device. */
package io.github.vdm4j.engine;
