# The benchmark: its load generator, its server (slot with the baseline beside it), their tests.
# Nothing of it is part of a service's program.
function(houbu_bench)
  houbu_target(houbu_bench_load
    SOURCES tools/bench/accounts.cc
            tools/bench/generator.cc
            tools/bench/latencies.cc
            tools/bench/scenarios.cc
    LINKS houbu_rpc houbu_identity houbu_protos)
  houbu_target(houbu_bench_baseline
    SOURCES tools/bench/server/seat_table.cc
            tools/bench/server/skip_locked_handlers.cc
    LINKS houbu_rpc houbu_postgres houbu_protos)

  add_executable(houbu-bench tools/bench/main.cc)
  target_link_libraries(houbu-bench PRIVATE houbu_bench_load CLI11::CLI11 houbu_flags)
  houbu_program(houbu-bench)

  add_executable(houbu-bench-server tools/bench/server/main.cc)
  target_link_libraries(houbu-bench-server PRIVATE houbu_slot_assembly houbu_bench_baseline
                                                   houbu_flags)
  houbu_program(houbu-bench-server)

  houbu_test_program(bench_test tools/bench
                     LINKS houbu_bench_load houbu_bench_baseline houbu_process)
endfunction()
