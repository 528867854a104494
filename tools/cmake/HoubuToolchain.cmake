# Compiler flags, sanitizers, linker, ccache and the precompiled header.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Line tables are enough for a stack trace and halve the objects that full debug information makes.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

set(HOUBU_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
if(HOUBU_SANITIZE)
  add_compile_options(-fsanitize=${HOUBU_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HOUBU_SANITIZE})
endif()

# One setting for every translation unit: a precompiled header serves only those built alike.
add_compile_options(-pthread)

add_library(houbu_flags INTERFACE)
target_compile_options(houbu_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(houbu_flags INTERFACE
    -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  # Inlined, g++ 12 takes the new and delete of Asio's coroutine frames for mismatched, and strings
  # that are moved between frames for overflowing (its bugs 105329 and 105651).
  target_compile_options(houbu_flags INTERFACE
    -Wno-mismatched-new-delete -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict)
  add_link_options(-Wl,-z,relro,-z,now -pie)
endif()

# Asio and Beast are compiled once, in libs/async/asio.cc and libs/http/beast.cc.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
                        BOOST_BEAST_SEPARATE_COMPILATION)

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  add_compile_options(-fpch-preprocess)
endif()
