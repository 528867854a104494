# Code made at build time: protos; SQL migrations, Redis functions and policies embedded as
# constants.
set(HOUBU_GEN ${CMAKE_BINARY_DIR}/gen)
file(MAKE_DIRECTORY ${HOUBU_GEN})
set(HOUBU_EMBED ${CMAKE_SOURCE_DIR}/tools/cmake/embed.py)

# One library of every proto; its code is generated and held to no warnings.
function(houbu_protos)
  file(GLOB_RECURSE protos RELATIVE ${CMAKE_SOURCE_DIR}/protos CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/protos/*.proto)
  set(sources)
  foreach(proto ${protos})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(outputs ${HOUBU_GEN}/${stem}.pb.cc ${HOUBU_GEN}/${stem}.pb.h)
    set(plugin)
    file(STRINGS ${CMAKE_SOURCE_DIR}/protos/${proto} services REGEX "^service ")
    if(services)
      list(APPEND outputs ${HOUBU_GEN}/${stem}.grpc.pb.cc ${HOUBU_GEN}/${stem}.grpc.pb.h)
      set(plugin --grpc_out=${HOUBU_GEN}
                 --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc -I${CMAKE_SOURCE_DIR}/protos --cpp_out=${HOUBU_GEN} ${plugin}
              ${CMAKE_SOURCE_DIR}/protos/${proto}
      DEPENDS ${CMAKE_SOURCE_DIR}/protos/${proto}
      VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  add_library(houbu_protos STATIC ${sources})
  target_include_directories(houbu_protos SYSTEM PUBLIC ${HOUBU_GEN})
  target_link_libraries(houbu_protos PUBLIC protobuf::libprotobuf gRPC::grpc++)
  target_compile_options(houbu_protos PRIVATE -w)
endfunction()

# services/<service>/storage/schema/NNNN_name.sql -> <service>::kMigrations in storage/schema.h;
# services/<service>/storage/redis/*.lua -> <service>::kRedisLibrary in storage/redis_library.h;
# services/<service>/policies/<name>.json -> <service>::kShipped<Name> in storage/shipped_<name>.h.
function(houbu_embedded service target)
  set(storage services/${service}/storage)
  file(GLOB sql CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${storage}/schema/*.sql)
  file(GLOB lua CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${storage}/redis/*.lua)
  set(headers)
  if(sql)
    set(header ${HOUBU_GEN}/${storage}/schema.h)
    add_custom_command(OUTPUT ${header}
      COMMAND /usr/bin/python3 ${HOUBU_EMBED} migrations ${service} ${header} ${sql}
      DEPENDS ${sql} ${HOUBU_EMBED} VERBATIM)
    list(APPEND headers ${header})
  endif()
  if(lua)
    set(header ${HOUBU_GEN}/${storage}/redis_library.h)
    add_custom_command(OUTPUT ${header}
      COMMAND /usr/bin/python3 ${HOUBU_EMBED} redis ${service} ${header} ${lua}
      DEPENDS ${lua} ${HOUBU_EMBED} VERBATIM)
    list(APPEND headers ${header})
  endif()
  file(GLOB policies CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/services/${service}/policies/*.json)
  foreach(policy ${policies})
    cmake_path(GET policy STEM name)
    set(header ${HOUBU_GEN}/${storage}/shipped_${name}.h)
    add_custom_command(OUTPUT ${header}
      COMMAND /usr/bin/python3 ${HOUBU_EMBED} policies ${service} ${header} ${policy}
      DEPENDS ${policy} ${HOUBU_EMBED} VERBATIM)
    list(APPEND headers ${header})
  endforeach()
  get_target_property(type ${target} TYPE)
  if(headers AND NOT type STREQUAL "INTERFACE_LIBRARY")
    add_custom_target(${target}_embedded DEPENDS ${headers})
    add_dependencies(${target} ${target}_embedded)
    target_include_directories(${target} SYSTEM PUBLIC ${HOUBU_GEN})
  endif()
endfunction()
