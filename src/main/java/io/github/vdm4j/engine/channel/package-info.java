/**
 * The channels to a device and the programs that execute an operation through a slot. The programs
 * are independent of the channel.
 */
package io.github.vdm4j.engine.channel;
