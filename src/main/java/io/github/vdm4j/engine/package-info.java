/** The device engine. It executes operations on a device through a channel. */
package io.github.vdm4j.engine;
