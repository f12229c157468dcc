# Builds the wheel from a copy of the library's folder, installs it into a fresh virtual environment and runs the page's
# example there: -DREFERENCE= the folder, -DSCRATCH=, -DPYTHON=.
file(REMOVE_RECURSE ${SCRATCH})
set(copy ${SCRATCH}/source)
foreach(part pyproject.toml setup.py MANIFEST.in include src python)
  file(COPY ${REFERENCE}/${part} DESTINATION ${copy})
endforeach()

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${SCRATCH} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
# The sources first and the wheel from them: what is not packed would be missing.
run(${PYTHON} -m build --no-isolation --outdir ${SCRATCH}/dist ${copy})
file(GLOB wheel ${SCRATCH}/dist/*.whl)
run(${PYTHON} -m venv ${SCRATCH}/venv)
run(${SCRATCH}/venv/bin/pip install --quiet --no-index ${wheel})

file(READ ${copy}/python/README.md page)
string(REGEX MATCH "```python\n([^`]*)```" example "${page}")
file(WRITE ${SCRATCH}/example.py "${CMAKE_MATCH_1}")
execute_process(COMMAND ${CMAKE_COMMAND} -E env --unset=PYTHONPATH ${SCRATCH}/venv/bin/python -X dev ${SCRATCH}/example.py
                OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
if(NOT output STREQUAL "328350\n")
  message(FATAL_ERROR "the example printed '${output}'")
endif()
