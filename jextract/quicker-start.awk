# Makes the generated classes initialise faster. Their initialisation delays the opening of the first
# mover of a JVM, or the first operation. Two parts take several milliseconds each, and nothing uses them:
#  - The script removes the handles of single elements of an array in a struct, with their accessors.
#  - The look-up of the symbols of generated functions moves to a separate class. The first look-up
#    initialises it.
# javac copies the value of a constant field to its users, so a number needs no loading of a class:
#  - A constant becomes a public field instead of an accessor.
#  - The offset of a struct's field becomes a constant, beside its accessor. The script counts the offset
#    until it meets a field of unknown size. From there on, the class calculates the offsets itself.
#    BindingsTest compares the offsets with the layouts.
function size(line,    count, unit) {
  count = 1
  if (match(line, /MemoryLayout\.paddingLayout\([0-9]+\)/)) return substr(line, RSTART + 27, RLENGTH - 28) + 0
  if (match(line, /MemoryLayout\.sequenceLayout\([0-9]+, /)) { count = substr(line, RSTART + 28, RLENGTH - 30) + 0; line = substr(line, RSTART + RLENGTH) }
  if (!match(line, /^ *[a-z_]+\.C_[A-Z_]+[).]/)) return -1
  unit = line; sub(/^ *[a-z_]+\.C_/, "", unit); sub(/[).].*/, "", unit)
  return unit == "CHAR" ? count : unit == "SHORT" ? 2 * count : unit == "INT" ? 4 * count : unit ~ /^(LONG|LONG_LONG|POINTER)$/ ? 8 * count : -1
}
function field(line) { return match(line, /withName\("[^"]*"\)/) ? substr(line, RSTART + 10, RLENGTH - 12) : "" }

/\$LAYOUT = MemoryLayout\.structLayout\($/ { counting = 1; at = 0; print; next }
/^    \)/ { counting = 0 }
counting { if (field($0) != "") offset[field($0)] = at; bytes = size($0); if (bytes < 0) counting = 0; at += bytes }
/^    private static final long .*\$OFFSET = \$LAYOUT\.byteOffset\(groupElement\("[^"]*"\)\);$/ {
  name = $0; sub(/.*groupElement\("/, "", name); sub(/".*/, "", name)
  if (name in offset) { sub(/private/, "public"); sub(/\$LAYOUT\.byteOffset.*/, offset[name] "L;") }
}

/^    private static final VarHandle .*\$ELEM_HANDLE = / { left = 2 }   # the handle, its getter and its setter
/^    private static final (int|long) [A-Za-z0-9_]+ = (\(int\))?-?[0-9]+L;$/ { constant = $0; sub(/private/, "public", constant); next }
constant && /^    public static (int|long) [A-Za-z0-9_]+\(\) {$/ { print constant; constant = ""; left = 1 }
left { if (/^    }$/) left--; next }

/^    static final SymbolLookup SYMBOL_LOOKUP = / { print "    static final class Symbols {"; inside = 1 }
inside { print "    " $0; if (/;$/) { print "    }"; inside = 0 } next }
{ gsub(/SYMBOL_LOOKUP\.find/, "Symbols.&"); print }
