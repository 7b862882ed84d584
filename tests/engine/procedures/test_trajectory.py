from engine.bounds import bound_method
from engine.procedures.trajectory import MAX_POINTS, Trajectory
from engine.records import Votes


def test_stays_small_keeps_order_and_the_newest():
    trajectory = Trajectory()
    method = bound_method("clopper-pearson")
    for n in range(10, 20_000, 10):
        votes = Votes(counts=(n - 1, 1))
        trajectory.add(votes, method.at(votes, top=0, alpha=0.01, n_plan=20_000))
    points = trajectory.points()
    assert len(points) <= MAX_POINTS
    assert [p.n for p in points] == sorted({p.n for p in points})
    assert points[-1].n == 19_990 and points[0].n == 10
