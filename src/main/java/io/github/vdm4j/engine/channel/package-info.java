/**
 * Channels to a device and the programs that take an operation through a slot of a channel. The
 * programs do not depend on the channel.
 */
package io.github.vdm4j.engine.channel;
