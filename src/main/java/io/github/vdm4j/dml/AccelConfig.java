package io.github.vdm4j.dml;

import io.github.vdm4j.machine.DynamicLoader;
import io.github.vdm4j.machine.PlatformName;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/**
 * The state of the library {@code libaccel-config.so.1}. DML opens it at run time.
 *
 * @param loaded whether the dynamic loader opens it, or null if this is unknown
 * @param refusal the loader's error message, or null
 * @param missingSymbols the functions that DML needs and the library lacks
 */
public record AccelConfig(Boolean loaded, String refusal, List<String> missingSymbols) {
    static final String SONAME = "libaccel-config.so.1";

    /** The functions that DML 1.1.1 looks up. It calls them even if a function is missing. */
    static final List<String> SYMBOLS = List.of(
            "accfg_new", "accfg_unref", "accfg_device_get_first", "accfg_device_get_next",
            "accfg_device_get_devname", "accfg_device_get_version", "accfg_device_get_state",
            "accfg_device_get_gen_cap", "accfg_device_get_numa_node", "accfg_wq_get_first",
            "accfg_wq_get_next", "accfg_wq_get_state", "accfg_wq_get_mode",
            "accfg_wq_get_devname", "accfg_wq_get_priority", "accfg_wq_get_group",
            "accfg_wq_get_group_id", "accfg_wq_get_user_dev_path",
            "accfg_group_get_first", "accfg_group_get_next", "accfg_group_get_id",
            "accfg_group_get_traffic_class_a", "accfg_group_get_traffic_class_b");

    /** Copies the list. */
    public AccelConfig {
        missingSymbols = List.copyOf(missingSymbols);
    }

    /** Opens a library with the dynamic loader and checks its functions. */
    static AccelConfig load(String name) {
        if (!PlatformName.nativeCallsAllowed()) {
            return new AccelConfig(null, null, List.of());
        }
        try {
            SymbolLookup symbols = new DynamicLoader().open(name);
            return new AccelConfig(
                    true, null,
                    SYMBOLS.stream().filter(symbol -> symbols.find(symbol).isEmpty()).toList());
        } catch (DynamicLoader.LoadException e) {
            return new AccelConfig(false, e.getMessage(), List.of());
        }
    }
}
