"""Staff at their desk: a member of each role, signed in, and what a list shows them."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from makers_staff import sign_in


def make_member(role):
    user = get_user_model().objects.create_user(f"a {role}", f"{role[:4]}@habeas.example", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def client_of(user):
    return sign_in(Client(), user)


def rows_behind(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.context["cl"].result_list
