# One target per library and per room of a service; links follow the arrows of the architecture.

add_library(houbu_precompiled STATIC ${CMAKE_SOURCE_DIR}/tools/cmake/precompiled.cc)
target_link_libraries(houbu_precompiled PUBLIC houbu_flags Boost::headers gRPC::grpc++
                                               absl::status absl::statusor absl::time)
target_precompile_headers(houbu_precompiled PRIVATE ${CMAKE_SOURCE_DIR}/tools/cmake/precompiled.h)

# Adds a static library of the sources, or an interface one where there are headers only.
function(houbu_target name)
  cmake_parse_arguments(arg "PLAIN" "" "SOURCES;LINKS" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_LINKS} PRIVATE houbu_flags)
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    if(NOT arg_PLAIN)
      target_precompile_headers(${name} REUSE_FROM houbu_precompiled)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_LINKS})
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
  endif()
endfunction()

# libs/<name>/**/*.cc without tests and mains -> houbu_<name>.
function(houbu_library name)
  cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/libs/${name}/*.cc)
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  houbu_target(houbu_${name} SOURCES ${sources} LINKS ${arg_LINKS})
endfunction()

# The Catch2 main every test program shares.
function(houbu_testing_main)
  add_library(houbu_testing_main STATIC ${CMAKE_SOURCE_DIR}/libs/testing/main.cc)
  target_link_libraries(houbu_testing_main PUBLIC Catch2::Catch2)
endfunction()

# One room: services/<service>/<room>/*.cc -> houbu_<service>_<room>.
function(houbu_room service room)
  cmake_parse_arguments(arg "PLAIN" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/services/${service}/${room}/*.cc)
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  set(plain)
  if(arg_PLAIN)
    set(plain PLAIN)
  endif()
  houbu_target(houbu_${service}_${room} ${plain} SOURCES ${sources} LINKS ${arg_LINKS})
endfunction()

# Lets a program share the precompiled header, which is -fPIC where programs would be -fPIE.
function(houbu_program name)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIC)
  target_precompile_headers(${name} REUSE_FROM houbu_precompiled)
endfunction()

# What histories by the ten thousand go through: optimised in every build, so that there is time for
# them. The precompiled header is not, so they do without it.
set(hot_sources services/slot/app/inventory_model.cc services/slot/app/inventory_model_test.cc
                services/slot/app/memory_inventory.cc services/slot/domain/inventory_audit.cc
                services/slot/domain/run_state.cc services/slot/storage/inventory_property_test.cc
                services/slot/storage/redis_inventory.cc libs/redis/client.cc libs/redis/link.cc
                libs/redis/node.cc libs/redis/reply.cc libs/redis/router.cc)
set_source_files_properties(${hot_sources} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Debug>:-O2>"
                                                      SKIP_PRECOMPILE_HEADERS ON)

# A service: its five rooms, its program houbu-<service> and its tests <service>_test. Where there
# is an assembly.cc, the rooms put together are a library that other programs can build on.
# STORAGE names libraries of storage besides postgres, PARTS, DOMAIN_PARTS and PEERS_PARTS what its
# storage, its domain and its peers take from Debian.
function(houbu_service service)
  cmake_parse_arguments(arg "" "" "STORAGE;PARTS;DOMAIN_PARTS;PEERS_PARTS" ${ARGN})
  set(prefix houbu_${service})
  list(TRANSFORM arg_STORAGE PREPEND houbu_)
  houbu_room(${service} domain PLAIN LINKS houbu_base ${arg_DOMAIN_PARTS})
  houbu_room(${service} app LINKS ${prefix}_domain houbu_async)
  houbu_room(${service} rpc LINKS ${prefix}_app houbu_rpc houbu_http houbu_protos)
  houbu_room(${service} storage LINKS ${prefix}_app houbu_postgres houbu_secrets ${arg_STORAGE}
                                      ${arg_PARTS})
  houbu_room(${service} peers LINKS ${prefix}_app houbu_rpc houbu_http houbu_postgres houbu_identity
                                    houbu_protos ${arg_PEERS_PARTS})
  houbu_embedded(${service} ${prefix}_storage)
  set(rooms ${prefix}_rpc ${prefix}_storage ${prefix}_peers)
  if(EXISTS ${CMAKE_SOURCE_DIR}/services/${service}/assembly.cc)
    file(GLOB parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/services/${service}/*_parts.cc)
    houbu_target(${prefix}_assembly SOURCES services/${service}/assembly.cc ${parts}
                 LINKS ${rooms} houbu_process)
    list(APPEND rooms ${prefix}_assembly)
  endif()
  if(EXISTS ${CMAKE_SOURCE_DIR}/services/${service}/main.cc)
    add_executable(houbu-${service} services/${service}/main.cc)
    target_link_libraries(houbu-${service} PRIVATE ${rooms} houbu_process houbu_flags)
    houbu_program(houbu-${service})
  endif()
  houbu_test_program(${service}_test services/${service} LINKS ${rooms} houbu_process)
endfunction()

# Every *_test.cc below a folder -> one test program.
function(houbu_test_program name folder)
  cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*_test.cc)
  if(tests)
    add_executable(${name} ${tests})
    target_link_libraries(${name} PRIVATE ${arg_LINKS} houbu_testing houbu_testing_main houbu_flags)
    houbu_program(${name})
  endif()
endfunction()

# The libraries' tests, the simulation, which runs the services' use cases side by side, and what
# holds slot and waitlist against the answers and the timetables of others.
function(houbu_tests)
  houbu_test_program(libs_test libs LINKS houbu_process)
  houbu_test_program(simulation_test tests/simulation
                     LINKS houbu_account_app houbu_slot_app houbu_waitlist_app houbu_payment_app
                           houbu_notification_app)
  houbu_test_program(oracle_test tests/oracle LINKS houbu_slot_storage houbu_waitlist_app)
endfunction()
