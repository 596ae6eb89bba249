# What jextract's classes do when they are initialised is done while the first mover of a JVM is opened, or for the first operation. Two things
# take several milliseconds each, and nobody uses them:
#  - the handles by which single elements of an array in a struct are read and written are left out with their accessors;
#  - where the generated functions look their symbols up goes to a class of its own, initialised by the first look.
# And javac writes the value of a constant field where it is used, so that no class is loaded for the sake of a number:
#  - a constant is a public field in place of its accessor;
#  - the offset of a struct's field is one, too, beside its accessor. It is counted here; from the first field on whose size is not told here,
#    the class finds them out by itself. BindingsTest compares them.
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
